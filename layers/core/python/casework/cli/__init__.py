"""`case-cli`, the command line: tokens, schema, replay and verification of cases, areas, and the documents made of declarations.

It works as the schema's owner and is never deployed. Exit status: 0 done; 1 the answer is no (a chain is broken, rows differ);
2 it could not be asked (usage, configuration, no database).
"""
