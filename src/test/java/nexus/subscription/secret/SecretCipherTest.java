package nexus.subscription.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SecretCipherTest {
    private static final UUID ROW = UUID.fromString("01990000-0000-7000-8000-000000000001");
    private static final byte[] KEY = new byte[32];

    private final SecretCipher cipher = new SecretCipher(KEY);

    @Test
    void whatIsEncryptedComesBack() {
        assertThat(cipher.decrypt(cipher.encrypt("whsec_ü😀", ROW), ROW)).isEqualTo("whsec_ü😀");
    }

    @Test
    void theSameTextLooksDifferentEachTimeAndStartsWithTheKeysId() throws NoSuchAlgorithmException {
        byte[] once = cipher.encrypt("text", ROW);
        byte[] again = cipher.encrypt("text", ROW);
        assertThat(once).isNotEqualTo(again).hasSize(4 + 12 + 4 + 16);
        byte[] keyId = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(KEY), 4);
        assertThat(once).startsWith(keyId);
        assertThat(again).startsWith(keyId);
    }

    @Test
    void anotherKeyOrAnotherRowOrAChangedByteIsNoticed() {
        byte[] stored = cipher.encrypt("text", ROW);
        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new SecretCipher(otherKey).decrypt(stored, ROW))
                .withMessageContaining("NEXUS_SECRET_KEY");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cipher.decrypt(stored, UUID.randomUUID()));
        stored[stored.length - 1] ^= 1;
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> cipher.decrypt(stored, ROW));
    }

    @Test
    void whatWasEncryptedWithTheOldKeyCanStillBeRead() {
        byte[] newKey = new byte[32];
        newKey[0] = 1;
        SecretCipher rotating = new SecretCipher(newKey, Optional.of(KEY));
        byte[] stored = cipher.encrypt("text", ROW);
        assertThat(rotating.decrypt(stored, ROW)).isEqualTo("text");
        assertThat(rotating.isPresentKey(stored)).isFalse();
        byte[] anew = rotating.encrypt("text", ROW);
        assertThat(rotating.isPresentKey(anew)).isTrue();
        assertThat(new SecretCipher(newKey).decrypt(anew, ROW)).isEqualTo("text");
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new SecretCipher(new byte[16]));
    }
}
