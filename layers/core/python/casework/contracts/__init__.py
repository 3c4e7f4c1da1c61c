"""Contracts: the values that the owner of the platform decides, as versioned files that the runtime reads and never writes.

Owns no table. Files lie beside their models; the setting CONTRACTS_DIR names a folder with others of the same names.
"""
