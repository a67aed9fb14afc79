package nexus.page.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command is run by a shell, with curl replaced by a function that prints its arguments. */
class CurlCommandTest {
    private static final String MARK = "\u2022end\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"1\"}",
                "it's $HOME `id` $(id) \\ \"quoted\" !history",
                "'; touch /tmp/owned; '",
                "@/etc/passwd",
                "-o/tmp/file",
                "two\nlines\r\n\ttab",
                "\u001b[31mred\u009b0m \u007f bell\u0007",
                "\u202eright to left\u202c zero\u200bwidth \u2028 line",
                "ümlaut 😀 \\' \\\\' end\\",
                "</script><img src=x onerror=alert(1)>",
                "9007199254740993"
            })
    void shellPassesBodyUnchanged(String body) throws Exception {
        assertThat(arguments(request(Map.of("X-Note", "it's"), body)))
                .endsWith("--data-raw", body, "https://example.com/hook?a=[1]&b={x}");
    }

    @Test
    void randomBodiesAndHeadersStayWhole() throws Exception {
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            String body = text(random, 200);
            String value = text(random, 30).replaceAll("[\\p{Cc}]", "") + "x";
            List<String> all = arguments(request(Map.of("X-A", value), "b" + body));
            assertThat(all).contains("X-A: " + value).contains("b" + body);
        }
    }

    @Test
    void commandHoldsNoControlCharacterButItsOwnLineBreaks() {
        String command = CurlCommand.of(request(Map.of("X", "a\u001bb"), "\u0000\u0001\u009b\u202e\n"));

        assertThat(command.replace(" \\\n  ", " ").chars())
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    }

    @Test
    void headersKeepTheirOrderAndAnEmptyOneIsSent() throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Empty", "");
        headers.put("webhook-id", "1");

        assertThat(arguments(request(headers, "{}")))
                .containsSequence("-H", "Content-Type: application/json", "-H", "X-Empty;", "-H", "webhook-id: 1");
    }

    @Test
    void withoutABodyNoneIsSent() throws Exception {
        assertThat(arguments(new ShownRequest("DELETE", "https://example.com/1", Map.of(), "")))
                .containsExactly("--globoff", "-i", "-X", "DELETE", "https://example.com/1");
    }

    @Test
    void longBodyComesFromAFile() {
        ShownRequest big = request(Map.of(), "x".repeat(30_001));

        assertThat(CurlCommand.readsBodyFromFile(big)).isTrue();
        assertThat(CurlCommand.of(big)).contains("--data-binary @body").hasSizeLessThan(200);
    }

    private static ShownRequest request(Map<String, String> headers, String body) {
        return new ShownRequest("POST", "https://example.com/hook?a=[1]&b={x}", headers, body);
    }

    private static List<String> arguments(ShownRequest request) throws IOException, InterruptedException {
        String script = "curl() { for a in \"$@\"; do printf '%s" + MARK.replace("\n", "\\n") + "' \"$a\"; done; }\n"
                + CurlCommand.of(request) + "\n";
        Process shell = new ProcessBuilder("bash", "--norc", "--noprofile", "/dev/stdin")
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().close();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(printed).endsWith(MARK);
        return List.of(printed.substring(0, printed.length() - MARK.length()).split(MARK, -1));
    }

    private static String text(Random random, int length) {
        String alphabet = "ab'\"\\$`!#&|;<>()[]{}*?~ \n\t%@-=\u001b\u0080\u00e9\u202e\u4e2d";
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return out.toString();
    }
}
