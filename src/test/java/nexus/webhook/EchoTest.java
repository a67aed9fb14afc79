package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.TestParcel;
import nexus.target.WebhookTarget;
import nexus.target.credential.TargetAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"x-odd\":\"hush-header\"}                  | {\"x-odd\":\"***\"}",
                "authorization: Bearer hush-token           | authorization: ***",
                "you sent hush-token                        | you sent ***",
                "POST /hooks/T0123456789abcdefg/in?a=hush-q | POST /hooks/***/in?a=***",
                "cut in the middle of hush-hea              | cut in the middle of ***",
                "short x and nothing else                   | short x and nothing else",
            })
    void whatTheRequestCarriedIsNotInTheAnswer(String answer, String shown) {
        Outgoing target = target(
                "https://hooks.example/hooks/T0123456789abcdefg/in?a=hush-q&b=x",
                Map.of("X-Odd", "hush-header", "X-Short", "x"));
        assertThat(Echo.without(answer, target, "Bearer hush-token")).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"token\":\"a+b/c==d\"}      | {\"token\":\"***\"}",
                "{\"token\":\"a+b\\/c==d\"}   | {\"token\":\"***\"}",
                "token a%2Bb%2Fc%3D%3Dd           | token ***",
                "in x-key: quo\"te\\slash           | in x-key: ***",
                "{\"x-key\":\"quo\\\"te\\\\slash\"} | {\"x-key\":\"***\"}",
                "{\"auth\":\"Basic YW5uPz9+Pzpwfn4\\/cGFzcw==\"} | {\"auth\":\"***\"}",
                "hello ann??~?:p~~?pass           | hello ***",
                "password p~~?pass                | password ***",
            })
    void itIsNotThereInAnotherNotationEither(String answer, String shown) {
        Outgoing target =
                target("https://hooks.example/hook?token=a%2Bb%2Fc%3D%3Dd", Map.of("X-Key", "quo\"te\\slash"));
        assertThat(Echo.without(answer, target, "Basic YW5uPz9+Pzpwfn4/cGFzcw=="))
                .isEqualTo(shown);
    }

    @Test
    void anAnswerToARequestWithoutCredentialsIsTheSame() {
        String answer = "POST /hook";
        assertThat(Echo.without(answer, target("https://hooks.example/hook", Map.of()), ""))
                .isSameAs(answer);
    }

    private static Outgoing target(String url, Map<String, String> headers) {
        return new Outgoing.Signed(
                new WebhookTarget(URI.create(url), headers, List.of(new byte[] {1}), TargetAccess.PLAIN),
                TestParcel.of(EventId.version7(0, 1, 2), new EventType("a"), Buffer.buffer("{}")));
    }
}
