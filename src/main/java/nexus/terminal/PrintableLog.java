package nexus.terminal;

import io.quarkus.logging.LoggingFilter;
import io.vertx.core.http.HttpClosedException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Escapes text that a log line quotes, such as a table's name or a server's error, so that it stays on that line. Drops one
 * kind of record: a caller that closed its connection within a request, which the HTTP layer reports as an error of Nexus.
 */
@LoggingFilter(name = "printable")
@SuppressWarnings("deprecation") // only the record knows the style of its message
public final class PrintableLog implements Filter {
    private static final String HTTP_LAYER = "io.quarkus.vertx.http.runtime.QuarkusErrorHandler";

    @Override
    public boolean isLoggable(LogRecord record) {
        if (HTTP_LAYER.equals(record.getLoggerName()) && record.getThrown() instanceof HttpClosedException) {
            return false;
        }
        if (record instanceof ExtLogRecord entry && entry.getMessage() != null) {
            String message = entry.getFormattedMessage();
            String printable = Printable.line(message);
            if (!printable.equals(message)) {
                entry.setMessage(printable, ExtLogRecord.FormatStyle.NO_FORMAT);
            }
        }
        return true;
    }
}
