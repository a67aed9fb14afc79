package nexus.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpClosedException;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void whatSteersATerminalIsEscapedAndTheRestStays() {
        assertThat(Printable.line("Käse 表 🎉 a\"b\\c")).isEqualTo("Käse 表 🎉 a\"b\\c");
        assertThat(Printable.line("a\nb\r\t\u001b[31m\u0007\u009b2J"))
                .isEqualTo("a\\u{A}b\\u{D}\\u{9}\\u{1B}[31m\\u{7}\\u{9B}2J");
        assertThat(Printable.line("x\u202etxt.exe\u2066\u200b\ufeff\u2028\u2029\u061c"))
                .isEqualTo("x\\u{202E}txt.exe\\u{2066}\\u{200B}\\u{FEFF}\\u{2028}\\u{2029}\\u{61C}");
        assertThat(Printable.line("\ud800")).isEqualTo("\\u{D800}");
        assertThat(Printable.lines("a\n\tb\r")).isEqualTo("a\n\tb\\u{D}");
    }

    @Test
    void noCharacterOfAnyKindBreaksALine() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT).forEach(c -> {
            String shown = Printable.line(Character.toString(c));
            assertThat(shown.chars().noneMatch(Character::isISOControl))
                    .as("U+%04X", c)
                    .isTrue();
        });
    }

    @Test
    void aCallerThatClosesItsConnectionIsNoErrorInTheLog() {
        ExtLogRecord record = new ExtLogRecord(Level.SEVERE, "failed", "test");
        record.setThrown(new HttpClosedException("Connection was closed"));
        record.setLoggerName("io.quarkus.vertx.http.runtime.QuarkusErrorHandler");
        assertThat(new PrintableLog().isLoggable(record)).isFalse();
        record.setLoggerName("nexus.dispatch.Dispatcher");
        assertThat(new PrintableLog().isLoggable(record)).isTrue();
    }

    @Test
    @SuppressWarnings("deprecation") // as in PrintableLog
    void aLogRecordStaysOnItsLine() {
        ExtLogRecord record = new ExtLogRecord(Level.INFO, "table=%s", ExtLogRecord.FormatStyle.PRINTF, "test");
        record.setParameters(new Object[] {"a\nnexus: all is well\u202e"});
        assertThat(new PrintableLog().isLoggable(record)).isTrue();
        assertThat(record.getFormattedMessage()).isEqualTo("table=a\\u{A}nexus: all is well\\u{202E}");
    }
}
