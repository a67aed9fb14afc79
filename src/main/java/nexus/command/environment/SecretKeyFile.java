package nexus.command.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** The secret key of embedded mode, generated once and kept beside the data that it encrypts. */
public final class SecretKeyFile {
    private static final String NAME = "secret-key";

    private SecretKeyFile() {}

    /** Base64 of 32 bytes. The caller holds the lock of the folder, so that only one process generates a key. */
    public static String in(Path home) throws StartRefused {
        Path file = home.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            return read(file);
        } catch (IOException e) {
            throw new StartRefused(file + " can't be read or written");
        }
    }

    /** Empty when no key was generated yet. */
    public static Optional<String> existing(Path home) throws StartRefused {
        Path file = home.resolve(NAME);
        try {
            return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
        } catch (IOException e) {
            throw new StartRefused(file + " can't be read");
        }
    }

    private static String read(Path file) throws IOException, StartRefused {
        try {
            return Format.SECRET_KEY.read(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new StartRefused(file + " " + e.getMessage());
        }
    }

    /** Writes a second file and renames it, because a half-written key would make every stored secret unreadable. */
    private static void create(Path file) throws IOException {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        Path whole = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(whole);
        Files.createFile(whole, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(whole, Base64.getEncoder().encodeToString(key) + "\n");
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
