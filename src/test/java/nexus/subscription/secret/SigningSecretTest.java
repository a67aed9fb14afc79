package nexus.subscription.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;

class SigningSecretTest {
    @Test
    void everyTextOf8To256CharactersIsAKey() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "whsec_" : "");
            int length = 8 + random.nextInt(200);
            while (text.length() < length) {
                text.append((char) (random.nextBoolean() ? 'A' + random.nextInt(26) : ' ' + random.nextInt(95)));
            }
            SigningSecret secret = SigningSecret.parse(text.toString(), "/secret");
            assertThat(secret.key()).isNotEmpty();
        }
        assertThatThrownBy(() -> SigningSecret.parse("whsec_A", "/secret")).isInstanceOf(Refusal.Invalid.class);
    }
}
