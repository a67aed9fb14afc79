package nexus.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void aTextIsCutBetweenWhatAReaderTakesForCharacters() {
        String family = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67"; // joined by U+200D: one character
        assertThat(PlainText.cut("abc" + family, 12)).isEqualTo("abc" + family);
        assertThat(PlainText.cut("abc" + family + "d", 11)).isEqualTo("abc…");
        assertThat(PlainText.cut("e\u0301e\u0301", 3)).isEqualTo("e\u0301…");
        assertThat(PlainText.cut("\uD83D\uDE00\uD83D\uDE00", 2)).isEqualTo("…");
        assertThat(PlainText.cut("\uD83C\uDDE9\uD83C\uDDEA!", 4)).isEqualTo("…"); // two halves of a flag
        assertThat(PlainText.cut("abc", 3)).isEqualTo("abc");
        assertThat(PlainText.cut("abcd", 3)).isEqualTo("ab…");
        assertThat(PlainText.cut("abc", 0)).isEmpty();
    }

    @Test
    void aCharacterWithoutEndIsCutInside() {
        String zalgo = "e" + "\u0301".repeat(10_000);
        assertThat(PlainText.cut(zalgo, 100)).hasSize(100).endsWith("…");
    }

    @Test
    void whateverIsCutIsWellFormedAndNoLonger() {
        Random random = new Random(7);
        int[] some = {'a', ' ', 0x301, 0x200D, 0x1F468, 0x1F1E9, 0xFE0F, 0x1F3FD, 0xAC00, 0x0E33, 0x20AC};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(150);
            for (int j = 0; j < length; j++) {
                text.appendCodePoint(some[random.nextInt(some.length)]);
            }
            int max = random.nextInt(1, 100);
            String cut = PlainText.cut(text.toString(), max);
            assertThat(cut.length()).isLessThanOrEqualTo(max);
            assertThat(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(cut);
            if (text.length() > max) {
                assertThat(text.toString()).startsWith(cut.substring(0, cut.length() - 1));
            }
        }
    }

    @Test
    void aLineHasNoCharacterThatNobodySeesOrThatTurnsTheOthersRound() {
        assertThat(PlainText.line("a\r\nb\tc\u0000d\u0085e\u2028f", 50)).isEqualTo("a  b c d e f");
        assertThat(PlainText.line("pay\u202Egnp.exe\u200B\u2066x\u2069\uDB40\uDC41", 50))
                .isEqualTo("paygnp.exex");
        assertThat(PlainText.line("\uD800a\uDC00", 50)).isEqualTo("\uFFFDa\uFFFD");
        assertThat(PlainText.line("x".repeat(10_000_000), 10)).isEqualTo("xxxxxxxxx…");
    }
}
