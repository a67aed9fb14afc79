package nexus.page.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTypeChoiceTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public.orders    | ''                            | pg.public.orders.*
            orders           | insert                        | pg.public.orders.insert
            pg.public.orders | insert,update                 | pg.public.orders.insert;pg.public.orders.update
            sales.Große      | insert,update,delete,truncate | pg.sales.Gro%C3%9Fe.*
            """)
    void aTableBecomesPatterns(String table, String operations, String patterns) {
        List<String> chosen = operations.isEmpty() ? List.of() : List.of(operations.split(",", -1));

        assertThat(EventTypeChoice.added("", table, chosen)).isEqualTo(patterns.replace(';', '\n'));
    }

    @Test
    void patternsThatAreThereStayAndNoneIsThereTwice() {
        assertThat(EventTypeChoice.added("order.*\r\n\npg.public.a.*", "public.a", List.of()))
                .isEqualTo("order.*\npg.public.a.*");
    }
}
