package nexus.access.key;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import nexus.notation.Sha256;

/**
 * SHA-256 of a key. Keys are looked up by their digest and never compared themselves, so timing reveals at most a
 * digest, from which no key can be computed. Plain SHA-256 is enough because keys are random, not chosen by people.
 */
public final class Digest {
    private static final int SCOPE_BYTES = 12;

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Digest of(String key) {
        return new Digest(Sha256.of(key));
    }

    /** @param bytes those of another digest, as {@link #bytes} gave them */
    public static Digest ofStored(byte[] bytes) {
        return new Digest(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Distinguishes keys without revealing them. */
    String scope() {
        return HexFormat.of().formatHex(bytes, 0, SCOPE_BYTES);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Digest[redacted]";
    }
}
