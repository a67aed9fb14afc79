package nexus.terminal;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/** Keeps what a log line quotes (a table's name, a server's error) on that line. Lets every record through. */
@LoggingFilter(name = "printable")
@SuppressWarnings("deprecation") // only the record itself knows in which style its message is written
public final class PrintableLog implements Filter {
    @Override
    public boolean isLoggable(LogRecord record) {
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
