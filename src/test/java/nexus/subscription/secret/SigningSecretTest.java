package nexus.subscription.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;

class SigningSecretTest {
    @Test
    void everyTextOf8To256CharactersIsAKey() {
        SecretTexts.random()
                .forEach(text ->
                        assertThat(SigningSecret.parse(text, "/secret").key()).isNotEmpty());
        assertThatThrownBy(() -> SigningSecret.parse("whsec_A", "/secret")).isInstanceOf(Refusal.Invalid.class);
    }
}
