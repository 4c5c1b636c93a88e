"""Every partition key and sort key of the table. docs/architecture.md lists them with lifetimes."""

from zlib import crc32

from quickcare import networks

USER = "USER"
SESSION_PREFIX = "SESSION#"
MEDICAL_PROFILE = "MEDICAL"
ADDRESS_PREFIX = "ADDRESS#"
CURRENT_ADDRESS = "CURRENT-ADDRESS"
CONTACT_OWNER = "OWNER"
REGISTRATION = "REGISTRATION"
PASSWORD_RESET = "PASSWORD-RESET"  # noqa: S105 - a key, not a password
LOGIN_THROTTLE = "LOGIN-THROTTLE"
SENDS = "SENDS"
GUESSES = "GUESSES"
CODE_GUESSES = "CODE-GUESSES"
PASSWORD_GUESSES = "PASSWORD-GUESSES"  # noqa: S105 - a key, not a password
KNOWN_NETWORKS = "KNOWN-NETWORKS"
MISSED_LINKS = "MISSED-LINKS"
INVITATIONS_PREFIX = "INVITATIONS#"
LINK = "LINK"
OTP_LOG = "OTP-LOG"
OTP_LOG_OF_NOBODY = "OTP-LOG-OF-NOBODY"
OUTBOX = "OUTBOX"
SHARDS = 32  # of the logs and boxes of everybody (decision 0027)
LIST_SHARDS = 20  # of the administrators' lists of people, clinics and doctors (decisions 0039, 0051)
SMS_LIST = "SMS-LIST"
SMS_LIST_OF_NOBODY = "SMS-LIST#NOBODY"
SMS_TO_NOBODY = "SMS-TO#NOBODY"
SMS_FAILED = "SMS-FAILED"
TALLY = "TALLY"
JOBS = "JOBS"
DUE_CURSOR = "DUE-CURSOR"
RECEIPT = "RECEIPT"
DOCTOR = "DOCTOR"
SCHEDULE = "SCHEDULE"
CALENDAR = "CALENDAR"
APPOINTMENT = "APPOINTMENT"
CLINIC = "CLINIC"
SLUG = "SLUG"
OWNED_CLINIC_PREFIX = "OWNS#"
CLINIC_SLOT_PREFIX = "SLOT#"
ADMISSION_DOCUMENT_PREFIX = "ADMISSION-DOC#"
MEMBERSHIP_PREFIX = "MEMBERSHIP#"
APPOINTMENT_PREFIX = "VISIT#"
CONSULTATION_PREFIX = "CONSULTATION#"
PATIENT_OF_PREFIX = "PATIENT-OF#"
ROSTER_PREFIX = "MEMBER#"
DOCUMENT = "DOCUMENT"
SHELF_PREFIX = "SHELF#"
SHELF_COUNT = "SHELF-COUNT"
CONSENT = "CONSENT"
CONSENT_PREFIX = "CONSENT#"
CONSENT_REQUEST_PREFIX = "CONSENT-REQUEST#"
TEMP_PASSWORD_LOG = "TEMP-PASSWORD-LOG"  # noqa: S105 - a key, not a password
TEMP_PASSWORD = "TEMP-PASSWORD"  # noqa: S105 - a key, not a password

SUPERADMINS = "SUPERADMINS"
SECOND_FACTOR = "SECOND-FACTOR"
OFFER_PREFIX = "OFFER#"
CODE_TRIES = "CODE-TRIES"
ADMIN_SESSION_PREFIX = "ADMIN-SESSION#"
AUDIT = "AUDIT"
LOG_HEAD = "HEAD"
LOG_DAY_SHARDS = 32


def sharded(everybodys: str, sk: str) -> str:
    """The partition of an item that would be in one with everybody's: the sort key says which."""
    return f"{everybodys}#{crc32(sk.encode()) % SHARDS}"


def shards(everybodys: str) -> list[str]:
    """All of them, and the one partition where the items were before there were shards."""
    return [everybodys, *(f"{everybodys}#{shard}" for shard in range(SHARDS))]


def user(user_id: str) -> str:
    return f"USER#{user_id}"


def session(session_id: str) -> str:
    return f"{SESSION_PREFIX}{session_id}"


def admin_session(session_id: str) -> str:
    return f"{ADMIN_SESSION_PREFIX}{session_id}"


def second_factor(user_id: str) -> str:
    return f"SECOND-FACTOR#{user_id}"


def offer(session_id: str) -> str:
    return f"{OFFER_PREFIX}{session_id}"


def address(address_id: int) -> str:
    # Padded, so that text order is number order: ids stay below 2^53, which has 16 digits.
    return f"{ADDRESS_PREFIX}{address_id:016d}"


def contact(contact: int) -> str:
    return f"CONTACT#{contact}"


def address_limit(source_ip: str) -> str:
    return f"ADDRESS-LIMIT#{networks.of(source_ip)}"


def quota(user_id: str) -> str:
    return f"QUOTA#{user_id}"


def address_count(what: str, hour: int) -> str:
    return f"COUNT#{what}#{hour}"


def at_network(what: str, contact: int, source_ip: str) -> str:
    return f"{what}#{networks.fingerprint(contact, source_ip)}"


def link(code_hash: str) -> str:
    return f"LINK#{code_hash}"


def due(minute: str) -> str:
    return f"DUE#{minute}"


def due_reminder(appointment_id: int, about: str) -> str:
    return f"{appointment_id:016d}#{about}"


def invitations(clinic_id: str) -> str:
    return f"{INVITATIONS_PREFIX}{clinic_id}"


def doctor(doctor_id: int) -> str:
    return f"DOCTOR#{doctor_id}"


def day(date: str) -> str:
    return f"DAY#{date}"


def appointment(appointment_id: int) -> str:
    return f"APPOINTMENT#{appointment_id}"


def appointment_pointer(prefix: str, date: str, time: str, appointment_id: int) -> str:
    return f"{prefix}{date}T{time}#{appointment_id:016d}"


def patient_hour(date: str, time: str) -> str:
    return f"AT#{date}T{time}"


def patient_of(clinic_id: str) -> str:
    return f"{PATIENT_OF_PREFIX}{clinic_id}"


def clinic(clinic_id: str) -> str:
    return f"CLINIC#{clinic_id}"


def membership(clinic_id: str) -> str:
    return f"{MEMBERSHIP_PREFIX}{clinic_id}"


def slug(slug: str) -> str:
    return f"SLUG#{slug}"


def owned_clinic(clinic_id: str) -> str:
    return f"{OWNED_CLINIC_PREFIX}{clinic_id}"


def clinic_slot(day_of_week: int, start_time: str) -> str:
    return f"{CLINIC_SLOT_PREFIX}{day_of_week}#{start_time}"


def admission_document(document_id: str) -> str:
    return f"{ADMISSION_DOCUMENT_PREFIX}{document_id}"


def roster_entry(member_id: str) -> str:
    return f"{ROSTER_PREFIX}{member_id}"


def temp_password(log_id: str) -> str:
    return f"TEMP-PASSWORD#{log_id}"


def sms(message_id: str) -> str:
    return f"SMS#{message_id}"


def sms_to(contact: int) -> str:
    return f"SMS-TO#{contact}"


def tally(day: str, shard: int) -> str:
    return f"TALLY#{day}#{shard}"


def idempotency(caller: str) -> str:
    return f"IDEMPOTENCY#{caller}"


def directory_entry(directory: str, item_id: str) -> str:
    return f"DIRECTORY#{directory}#ENTRY#{item_id}"


def directory_list(directory: str, order: str, filters: list[tuple[str, str]], shard: int) -> str:
    chosen = "&".join(f"{name}={value}" for name, value in filters)
    return f"DIRECTORY#{directory}#{order}#{chosen}#{shard}"


def directory_search(directory: str, start: str, shard: int) -> str:
    return f"DIRECTORY#{directory}#FIND#{start}#{shard}"


def directory_position(value: str, item_id: str, generation: str) -> str:
    return f"{value}#{item_id}#{generation}"


def document(document_id: str) -> str:
    return f"DOCUMENT#{document_id}"


def shelf(created_at: str, document_id: str) -> str:
    return f"{SHELF_PREFIX}{created_at}#{document_id}"


def shelf_count(owner_id: str) -> str:
    return f"{SHELF_COUNT}#{owner_id}"


def consent(doctor_id: int) -> str:
    return f"{CONSENT_PREFIX}{doctor_id}"


def consent_id(consent_id: str) -> str:
    return f"CONSENT#{consent_id}"


def consent_of(prefix: str, created_at: str, consent_id: str) -> str:
    return f"{prefix}{created_at}#{consent_id}"


def access_log(owner_id: str) -> str:
    return f"ACCESS-LOG#{owner_id}"


def document_access_log(document_id: str) -> str:
    return f"ACCESS-LOG#DOC#{document_id}"


def audit_of(what: str, of: str) -> str:
    return f"AUDIT-OF#{what}#{of}"


def codes_of(contact: int) -> str:
    return f"OTP-LOG-OF#{contact}"


def log_head(log: str) -> str:
    # A partition of its own: in the log's, the newest page would begin with it.
    kind, separator, of_what = log.partition("#")
    return f"{kind}-HEAD{separator}{of_what}"


def log_day(day: str, shard: int) -> str:
    return f"LOG-DAY#{day}#{shard}"


def shard_of_log(log: str, shards: int = LOG_DAY_SHARDS) -> int:
    return crc32(log.encode()) % shards
