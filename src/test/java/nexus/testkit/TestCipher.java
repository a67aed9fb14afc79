package nexus.testkit;

import nexus.subscription.secret.SecretCipher;

/** The key that credentials of tests are encrypted with. */
public final class TestCipher {
    public static final SecretCipher INSTANCE = new SecretCipher(new byte[32]);

    private TestCipher() {}
}
