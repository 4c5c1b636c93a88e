"""What `/api/users/me/preferences/` takes and answers (docs/contract.md: Preferences)."""

from quickcare.web.fields import Body, Language, View


class PreferencesChange(Body):
    """What was not sent stays as it is."""

    language: Language = "en"
    reminders: bool = True


class PreferencesView(View):
    language: Language
    reminders: bool
