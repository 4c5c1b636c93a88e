"""The 100 most common passwords of six or more characters, from the lists that breaches publish every year."""

COMMON_PASSWORDS = frozenset(
    """
    123456 123456789 12345678 1234567 1234567890 111111 000000 123123 654321 666666 121212 112233 123321 555555
    777777 888888 999999 222222 333333 101010 131313 159753 987654321 11111111 123654 102030 147258369 123456a
    a123456 123456q 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx q1w2e3r4 qwerty qwerty1 qwerty12 qwerty123 qwertyuiop
    qazwsx asdfgh asdfghjkl zxcvbn zxcvbnm password password1 password12 password123 passw0rd p@ssword p@ssw0rd
    abc123 abcd1234 abcdef abcdefg abc12345 aaaaaa admin123 administrator welcome welcome1 welcome123 letmein
    login123 iloveyou princess sunshine dragon monkey football baseball superman batman master shadow michael
    jordan23 charlie jennifer hunter2 trustno1 freedom whatever starwars pokemon computer internet samsung
    google secret changeme default test123 test1234 user1234 india123 krishna ganesh hanuman
    """.split()
)
