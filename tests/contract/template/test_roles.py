"""A role may do what its functions' doors are for, and nothing else."""

from __future__ import annotations

from tests.contract.template.deployment import listed, logical_id

READ_SECRET = "secretsmanager:GetSecretValue"
PLUMBING = "RuntimePolicy"
# Actions that know no resource, in the policy that every function has.
WITHOUT_RESOURCE = ("xray:", "ec2:")


def database_secret(capability: str) -> str:
    return "".join(part.capitalize() for part in capability.split("_")) + "Database"


def named(function, ending: str) -> set[str]:
    return {logical_id(value) for name, value in function.variables.items() if name.endswith(ending)}


def roles_that(deployment, action: str, resource: str) -> set[str]:
    return {key for key, _ in deployment.of_type("AWS::IAM::Role") if resource in deployment.allowed(key, action)}


def test_a_role_reads_the_password_of_its_doors_capability(deployment, doors):
    for key, door in doors.items():
        if door.route is None or door.module == "ops.answer_unknown":
            continue
        readable = deployment.allowed(deployment.functions[key].role, READ_SECRET)
        passwords = {secret for secret in readable if secret.endswith("Database")}
        assert passwords == {database_secret(door.route.capability)}, key


def test_a_role_reads_the_secrets_that_its_functions_name(deployment):
    for function in deployment.functions.values():
        readable = {one for one in deployment.allowed(function.role, READ_SECRET) if not one.endswith("Database")}
        assert readable == named(function, "_ARN"), function.id


def test_a_role_publishes_to_the_queues_that_its_functions_name(deployment):
    for function in deployment.functions.values():
        queues = deployment.allowed(function.role, "sqs:SendMessage") - {"ScheduleDeadLetters"}
        assert queues == named(function, "_QUEUE_URL"), function.id


def test_a_role_takes_from_the_queues_that_its_functions_consume(deployment):
    roles = {function.role for function in deployment.functions.values()}
    consumed = {role: set() for role in roles}
    for function in deployment.functions.values():
        consumed[function.role] |= {logical_id(one["EventSourceArn"]) for one in deployment.mappings(function.id)}
    assert {role: deployment.allowed(role, "sqs:ReceiveMessage") for role in roles} == consumed


def test_only_the_mail_sender_reads_the_providers_key(deployment):
    assert roles_that(deployment, READ_SECRET, "SendgridApiKey") == {"MailSenderRole"}
    assert [one.id for one in deployment.functions.values() if one.role == "MailSenderRole"] == ["SendMailFunction"]


def test_only_what_asks_the_model_reads_its_key(deployment):
    assert roles_that(deployment, READ_SECRET, "AnthropicApiKey") == {"AssistedWriterRole"}
    assert [one.id for one in deployment.functions.values() if one.role == "AssistedWriterRole"] == ["L1ServeNextNodeFunction"]


def test_a_case_is_erased_by_one_function(deployment):
    assert roles_that(deployment, READ_SECRET, "CaseEraserDatabase") == {"CaseEraserRole", "MigratorRole"}
    assert [one.id for one in deployment.functions.values() if one.role == "CaseEraserRole"] == ["V1DeleteCaseFunction"]


def test_only_the_migrator_reads_the_owners_password(deployment):
    assert roles_that(deployment, READ_SECRET, "DatabaseCluster.MasterUserSecret.SecretArn") == {"MigratorRole"}
    assert [one.id for one in deployment.functions.values() if one.role == "MigratorRole"] == ["MigrateFunction"]


def test_whoever_knows_the_contact_key_may_only_encrypt(deployment):
    holders = {function.role for function in deployment.functions.values() if "CONTACT_KEY_ID" in function.variables}
    assert roles_that(deployment, "kms:Encrypt", "ContactKey") == holders
    assert roles_that(deployment, "kms:Decrypt", "ContactKey") == set()


def test_no_policy_names_a_family_of_actions(deployment):
    policies = [policy["PolicyDocument"] for policy in deployment.every("AWS::IAM::ManagedPolicy")]
    own = [statement for key, _ in deployment.of_type("AWS::IAM::Role") for statement in deployment.statements(key)]
    statements = [*own, *(statement for policy in policies for statement in policy["Statement"])]
    assert [action for statement in statements for action in listed(statement["Action"]) if "*" in action] == []


def test_no_role_of_its_own_names_every_resource(deployment):
    own = [statement for key, _ in deployment.of_type("AWS::IAM::Role") for statement in deployment.statements(key)]
    assert [statement for statement in own if "*" in listed(statement["Resource"])] == []


def test_what_every_function_may_do_to_everything_is_plumbing(deployment):
    statements = deployment.resources[PLUMBING]["Properties"]["PolicyDocument"]["Statement"]
    wide = [action for one in statements if one["Resource"] == "*" for action in listed(one["Action"])]
    assert [action for action in wide if not action.startswith(WITHOUT_RESOURCE)] == []
