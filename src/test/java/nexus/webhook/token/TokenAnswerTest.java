package nexus.webhook.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import nexus.webhook.token.TokenAnswer.None;
import nexus.webhook.token.TokenAnswer.Token;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAnswerTest {
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\u0000",
        "null",
        "true",
        "-1",
        "1e999999999",
        "3600",
        "\"3600\"",
        "\"access_token\":",
        "\"expires_in\":",
        "\"token_type\":",
        "\"error\":",
        "\"bearer\"",
        "\"t-1\"",
        "\uFEFF",
        "\r\n",
        "\ud83d\ude00",
        " ",
        "{\"access_token\":\"t-1\",",
        "\"invalid_client\"",
        "9".repeat(2000)
    };

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        3600                   | 3600
        "3600"                 | 3600
        "+3600"                | 3600
        "3599.9"               | 3599
        3599.9                 | 3599
        20                     | 20
        0                      | 0
        "0"                    | 0
        -1                     | 0
        "-5"                   | 0
        99999999999            | 3600
        "999999999999999999"   | 3600
        null                   | 300
        ""                     | 300
        "soon"                 | 300
        "3600s"                | 300
        "٣٦٠٠"                 | 300
        true                   | 300
        {"value":3600}         | 300
        [3600]                 | 300
        1e999999999            | 300
        99999999999999999999   | 300
        """)
    void anyLifetimeIsUnderstoodOrCountsAsNotSaid(String expiresIn, long seconds) {
        assertThat(read("{\"access_token\":\"t-1\",\"token_type\":\"Bearer\",\"expires_in\":" + expiresIn + "}"))
                .isEqualTo(new Token("Bearer t-1", Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"access_token\":\"t-1\"}",
                "\uFEFF{\"access_token\":\"t-1\"}",
                " {\"token_type\":null,\"access_token\":\"t-1\",\"expires_in\":null} \r\n",
                "{\"token_type\":\"BEARER\",\"access_token\":\"t-1\"}",
                "{\"a\":{\"access_token\":7},\"access_token\":\"t-1\",\"b\":[[{\"access_token\":null}]]}",
                "{\"error\":null,\"access_token\":\"t-1\"}",
                "{\"error\":\"\",\"access_token\":\"t-1\"}",
                "{\"access_token\":\"\\u0074-1\"}"
            })
    void aTokenIsFoundInWhateverElseIsSaid(String json) {
        assertThat(read(json)).isEqualTo(new Token("Bearer t-1", Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "true",
                "7",
                "\"t-1\"",
                "[]",
                "[{\"access_token\":\"t-1\"}]",
                "{",
                "{\"access_token\":\"t-1\"",
                "{\"access_token\":\"t-1\"}}",
                "{\"access_token\":\"t-1\"} {}",
                "{\"access_token\":\"t-1\",\"expires_in\":NaN}",
                "{\"access_token\":\"t-1\",\"expires_in\":03600}",
                "{access_token:\"t-1\"}",
                "{'access_token':'t-1'}",
                "access_token=t-1&token_type=bearer",
                "<html>t-1</html>",
                "{}",
                "{\"access_token\":null}",
                "{\"access_token\":7}",
                "{\"access_token\":true}",
                "{\"access_token\":{\"value\":\"t-1\"}}",
                "{\"access_token\":[\"t-1\"]}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":\"t-1 \"}",
                "{\"access_token\":\"t-1\\r\\nX-Evil: 1\"}",
                "{\"access_token\":\"t-1\\u0000\"}",
                "{\"access_token\":\"t-1\\u007f\"}",
                "{\"access_token\":\"t-1ü\"}",
                "{\"access_token\":\"t-1\\ud800\"}",
                "{\"access_token\":\"t-1\",\"token_type\":\"mac\"}",
                "{\"access_token\":\"t-1\",\"token_type\":7}",
                "{\"access_token\":\"t-1\",\"token_type\":[\"bearer\"]}",
                "{\"access_token\":\"t-1\",\"error\":\"invalid_client\"}"
            })
    void whatIsNoTokenIsToldInWordsThatQuoteNothing(String body) {
        assertThat(read(body)).isInstanceOfSatisfying(None.class, none -> assertThat(none.why())
                .matches("[a-zA-Z_ '()]+")
                .doesNotContain("t-1"));
    }

    @Test
    void tokensAndNestingWithoutEndAreRefused() {
        assertThat(read("{\"access_token\":\"" + "t".repeat(16_385) + "\"}")).isInstanceOf(None.class);
        assertThat(read("{\"a\":" + "[".repeat(60_000))).isInstanceOf(None.class);
        assertThat(read("{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000))).isInstanceOf(None.class);
        assertThat(read("{\"access_token\":\"t\",\"expires_in\":" + "9".repeat(60_000) + "}"))
                .isInstanceOf(None.class);
    }

    @Test
    void whatIsNotUtf8IsNoAnswer() {
        byte[] body = "{\"access_token\":\"t-1\",\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        body[body.length - 3] = (byte) 0xff;
        assertThat(TokenAnswer.read(200, body)).isInstanceOf(None.class);
        assertThat(TokenAnswer.read(200, "{\"access_token\":\"t-1\"}".getBytes(StandardCharsets.UTF_16)))
                .isInstanceOf(None.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        401 | {"error":"invalid_client"}       | it answered 401 (invalid_client)
        400 | {"error":"invalid_scope","a":[]} | it answered 400 (invalid_scope)
        400 | {"error":"s3cret"}               | it answered 400
        400 | {"error":7}                      | it answered 400
        503 | <html>                           | it answered 503
        302 | {"access_token":"t-1"}           | it answered 302
        200 | {"error":"invalid_client"}       | it refused (invalid_client)
        """)
    void aRefusalNamesItsStatusAndTheErrorsOfTheRfc(int status, String body, String why) {
        assertThat(TokenAnswer.read(status, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new None(why));
    }

    /** Pieces of answers in any order, and answers with any bytes changed. */
    @Test
    void anyBytesAreATokenThatAHeaderTakesOrAReason() {
        SplittableRandom random = new SplittableRandom(16);
        byte[] good =
                "{\"access_token\":\"t-1\",\"token_type\":\"bearer\",\"expires_in\":\"3600\",\"a\":[1,{\"b\":null}]}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] body;
            if (i % 2 == 0) {
                StringBuilder text = new StringBuilder();
                for (int n = random.nextInt(12); n >= 0; n--) {
                    text.append(PIECES[random.nextInt(PIECES.length)]);
                }
                body = text.toString().getBytes(StandardCharsets.UTF_8);
            } else {
                body = Arrays.copyOf(good, 1 + random.nextInt(good.length));
                for (int n = random.nextInt(4); n > 0; n--) {
                    body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                }
            }
            switch (TokenAnswer.read(random.nextInt(100, 600), body)) {
                case Token token -> {
                    assertThat(token.authorization()).matches("Bearer [\\x21-\\x7e]{1,16384}");
                    assertThat(token.life()).isBetween(Duration.ZERO, Duration.ofHours(1));
                }
                case None none -> assertThat(none.why()).isNotBlank();
            }
        }
    }

    private static TokenAnswer read(String body) {
        return TokenAnswer.read(200, body.getBytes(StandardCharsets.UTF_8));
    }
}
