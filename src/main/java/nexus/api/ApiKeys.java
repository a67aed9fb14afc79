package nexus.api;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The keys this process was started with, as their SHA-256. */
@Singleton
final class ApiKeys {
    private static final int SCOPE_BYTES = 12;

    private final List<byte[]> digests;

    @Inject
    ApiKeys(ApiConfig config) {
        this(config.keys().orElse(List.of()));
    }

    ApiKeys(List<String> keys) {
        this.digests = keys.stream()
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .map(ApiKeys::sha256)
                .toList();
    }

    boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Takes as long for a wrong key as for a right one, whichever it is. */
    Optional<Caller> callerWith(String key) {
        byte[] given = sha256(key);
        boolean known = false;
        for (byte[] digest : digests) {
            known |= MessageDigest.isEqual(digest, given);
        }
        return known ? Optional.of(new Caller(HexFormat.of().formatHex(given, 0, SCOPE_BYTES))) : Optional.empty();
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
