package nexus.subscription.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.subscription.secret.SecretTexts;
import nexus.subscription.secret.SigningSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretWarningTest {
    private static final String KEY_32 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    private static final Pattern ADVICE = Pattern.compile("Give receivers [^:]* library (whsec_\\S+) instead");

    @Test
    void whatLibrariesReadAsItStandsHasNoWarning() {
        assertThat(SecretWarning.of(new SigningSecret("whsec_" + KEY_32))).isEmpty();
        assertThat(SecretWarning.of(SigningSecret.generate(new SecureRandom()))).isEmpty();
        for (int bytes : List.of(24, 25, 26, 64)) {
            assertThat(SecretWarning.of(ofBytes(bytes))).as("%d bytes", bytes).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "my-secret",
                "v1,whsec_" + KEY_32,
                "WHSEC_" + KEY_32,
                "Whsec_" + KEY_32,
                KEY_32,
                " whsec_" + KEY_32,
                "whsec_" + KEY_32 + " ",
                "whsec_" + KEY_32 + "\n",
                "whsec_ " + KEY_32,
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYp=",
                "whsec_no base64!",
                "whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_",
                "whsec_====",
                "whsk_" + KEY_32,
                "correct horse battery staple",
                "größe und schlüssel",
                "        "
            })
    void whatTheyWouldMisreadComesWithTheFormThatHasTheSameKey(String text) {
        SigningSecret secret = SigningSecret.parse(text, "/secret");
        Warning warning = SecretWarning.of(secret).orElseThrow();
        assertThat(warning.code()).isEqualTo("secret-not-standard");
        assertThat(warning.detail()).isNotBlank();
        Matcher advice = ADVICE.matcher(warning.fix());
        assertThat(advice.find()).as(warning.fix()).isTrue();
        assertThat(asLibrariesRead(advice.group(1))).isEqualTo(secret.key());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 16, 23, 65, 100})
    void aKeyOfAnotherLengthIsTakenWithAWarning(int bytes) {
        SigningSecret secret = SigningSecret.parse(ofBytes(bytes).text(), "/secret");
        assertThat(asLibrariesRead(secret.text())).isEqualTo(secret.key());
        assertThat(SecretWarning.of(secret).orElseThrow().detail()).contains(bytes + " bytes");
    }

    @Test
    void adviceForARandomTextHasTheSameKey() {
        SecretTexts.random().forEach(text -> {
            SigningSecret secret = SigningSecret.parse(text, "/secret");
            SecretWarning.of(secret).ifPresent(warning -> {
                Matcher advice = ADVICE.matcher(warning.fix());
                if (advice.find()) {
                    assertThat(asLibrariesRead(advice.group(1))).isEqualTo(secret.key());
                }
            });
        });
    }

    private static SigningSecret ofBytes(int bytes) {
        return new SigningSecret("whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]));
    }

    /** The strictest of them: the prefix off, then base64 in its one canonical form. */
    private static byte[] asLibrariesRead(String secret) {
        String base64 = secret.substring("whsec_".length());
        byte[] key = Base64.getDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
        assertThat(Base64.getEncoder().encodeToString(key)).isEqualTo(base64);
        return key;
    }
}
