package nexus.attempt;

import java.util.List;
import java.util.Optional;

/** @param next empty at the end; it may be present although the page is not full */
record LogPage(List<LogEntry> entries, Optional<LogPosition> next) {
    LogPage {
        entries = List.copyOf(entries);
    }
}
