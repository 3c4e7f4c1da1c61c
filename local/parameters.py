"""The values that a deployment of this laptop gives to the template's parameters: the environment's, else ones that work here."""

from __future__ import annotations

from collections.abc import Mapping

_STAGES = {"staging": "staging", "production": "prod"}
_NAMED = {
    "AnthropicBaseUrl": "ANTHROPIC_BASE_URL",
    "AnthropicModel": "ANTHROPIC_MODEL",
    "CorsOrigins": "CORS_ORIGINS",
    "DefaultPageSize": "DEFAULT_PAGE_SIZE",
    "DefaultTenant": "DEFAULT_TENANT",
    "LogLevel": "LOG_LEVEL",
    "MaxPageSize": "MAX_PAGE_SIZE",
    "PublicBaseUrl": "PUBLIC_BASE_URL",
    "SenderAddress": "SENDER_ADDRESS",
    "SendgridBaseUrl": "SENDGRID_BASE_URL",
    "ServiceName": "SERVICE_NAME",
}


def laptop_parameters(environ: Mapping[str, str], *, url: str, mail_provider: str, mail_key: str) -> dict[str, str]:
    """Return the parameters of a stack that answers at `url`; one that is in neither place keeps the template's default.

    `mail_provider` is the address of the stack's own mailbox and `mail_key` the key of its signatures. A secret that is given (see
    `Cloud.fill`) switches on what it is for: GATEWAY_TOKEN the trusted gateway, ANTHROPIC_API_KEY Claude.
    """
    here = {
        "Assistant": "claude" if environ.get("ANTHROPIC_API_KEY") else "embedded",
        "CorsOrigins": "http://localhost:3000,http://127.0.0.1:3000",
        "DefaultTenant": "bangkok",
        "PublicBaseUrl": url,
        "SenderAddress": "casework@localhost.example",
        "SendgridBaseUrl": mail_provider,
        "SendgridWebhookPublicKey": mail_key,
        "Stage": _STAGES.get(environ.get("ENVIRONMENT", "").lower(), "dev"),
        "TrustedGateway": "on" if environ.get("GATEWAY_TOKEN") else "off",
    }
    given = {parameter: environ[name] for parameter, name in _NAMED.items() if environ.get(name)}
    return here | given
