package nexus.command.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretKeyFileTest {
    @TempDir
    Path home;

    @Test
    void theKeyIsMadeOnceAndOnlyItsOwnerReadsIt() throws Exception {
        String key = SecretKeyFile.in(home);
        assertThat(SecretKeyFile.in(home)).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("secret-key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aDamagedKeyIsNotReplaced() throws Exception {
        Files.writeString(home.resolve("secret-key"), "hush");
        assertThatThrownBy(() -> SecretKeyFile.in(home))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("must be base64 of 32 bytes")
                .hasMessageNotContaining("hush");
        assertThat(home.resolve("secret-key")).hasContent("hush");
    }
}
