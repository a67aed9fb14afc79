package nexus.bench.report;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Lines of a name and its values. */
public final class Table {
    private final StringBuilder lines = new StringBuilder();

    @FormatMethod
    public void line(String name, @FormatString String format, Object... values) {
        lines.append(String.format(Locale.ROOT, "%-23s ", name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    /** Each in the same format. */
    public static List<String> texts(String format, DoubleStream values) {
        return values.mapToObj(value -> String.format(Locale.ROOT, format, value))
                .toList();
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
