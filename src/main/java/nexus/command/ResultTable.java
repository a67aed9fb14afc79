package nexus.command;

import java.util.ArrayList;
import java.util.List;
import nexus.terminal.Printable;

/** Formats rows as an aligned table with column names, like psql. */
final class ResultTable {
    private final List<List<String>> lines = new ArrayList<>();

    ResultTable(List<String> columns) {
        add(columns);
    }

    void add(List<String> row) {
        lines.add(row.stream().map(Printable::line).toList());
    }

    @Override
    public String toString() {
        int columns = lines.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < lines.size(); row++) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                String cell = lines.get(row).get(i);
                cells.add(" " + cell + " ".repeat(widths[i] - width(cell)) + " ");
            }
            text.append(String.join("|", cells).stripTrailing()).append('\n');
            if (row == 0) {
                List<String> rules = new ArrayList<>();
                for (int width : widths) {
                    rules.add("-".repeat(width + 2));
                }
                text.append(String.join("+", rules)).append('\n');
            }
        }
        int rows = lines.size() - 1;
        return text.append('(')
                .append(rows)
                .append(rows == 1 ? " row)" : " rows)")
                .toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
