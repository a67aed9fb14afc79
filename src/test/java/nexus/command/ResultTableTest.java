package nexus.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        ResultTable table = new ResultTable(List.of("id", "name"));
        table.add(List.of("1", "Ärger"));
        table.add(List.of("100", ""));
        assertThat(table).hasToString("""
                 id  | name
                -----+-------
                 1   | Ärger
                 100 |
                (2 rows)""");
    }

    @Test
    void oneRowIsNotRows() {
        ResultTable table = new ResultTable(List.of("n"));
        table.add(List.of("1"));
        assertThat(table.toString()).endsWith("(1 row)");
    }
}
