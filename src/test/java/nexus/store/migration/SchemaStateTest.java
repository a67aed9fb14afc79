package nexus.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaStateTest {
    private static final Map<String, Integer> PACKAGED =
            Map.of("R__functions.sql", 7, "V001__store.sql", 1, "V002__more.sql", 2);

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "", textBlock = """
            Behind  |
            Behind  | V001__store.sql 1
            Behind  | V001__store.sql 1, V002__more.sql 2
            Behind  | V001__store.sql 1, R__functions.sql 7
            Behind  | V001__store.sql 1, V002__more.sql 2, R__functions.sql 6
            Behind  | V001__store.sql 1, V002__more.sql 2, R__functions.sql 7, R__functions.sql 6
            Behind  | V001__store.sql 1, V002__more.sql 2 failed
            Behind  | V001__store.sql 3 failed
            Current | V001__store.sql 1, V002__more.sql 2, R__functions.sql 7
            Current | V001__store.sql 1, V002__more.sql 2, R__functions.sql 6, R__functions.sql 7
            Current | V001__store.sql 1, V002__more.sql 2, R__functions.sql 8, V003__newer.sql 3
            Current | V001__store.sql 1, V002__more.sql 2, R__functions.sql 7, V009__drop_needs_V002.sql 9
            Current | V001__store.sql 1, V002__more.sql 2, R__functions.sql 7, R__others.sql 5
            Behind  | V001__store.sql 1, R__functions.sql 7, V003__newer.sql 3
            Unfit   | V001__store.sql 3, V002__more.sql 2, R__functions.sql 7
            Unfit   | V001__store.sql 3
            Unfit   | V001__store.sql 1, V002__lanes.sql 2
            Unfit   | V001__first.sql 1, V049__last.sql 2
            Unfit   | V001__store.sql 1, V002__more.sql 2, R__functions.sql 7, V009__drop_needs_V003.sql 9
            Unfit   | V001__store.sql 1, V002__more.sql 2, V004__newer.sql 4, V009__drop_needs_V004.sql 9""")
    void whatIsAppliedIsComparedWithWhatThisProgramBrings(String state, String applied) {
        assertThat(SchemaState.of(applied(applied), PACKAGED).getClass().getSimpleName())
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            V001__store.sql 3                                                   | never released
            V001__store.sql 1, V002__lanes.sql 2                                | never released
            V001__store.sql 1, V002__more.sql 2, V009__drop_needs_V003.sql 9    | newer Nexus""")
    void anUnfitOneNamesTheScript(String applied, String because) {
        List<AppliedMigration> migrations = applied(applied);
        assertThat(SchemaState.of(migrations, PACKAGED))
                .isInstanceOfSatisfying(SchemaState.Unfit.class, unfit -> assertThat(unfit.problem())
                        .contains(because)
                        .contains(migrations.getLast().script())
                        .doesNotContain("\n"));
    }

    private static List<AppliedMigration> applied(String list) {
        return list == null
                ? List.of()
                : Arrays.stream(list.split(", "))
                        .map(text -> text.split(" "))
                        .map(words -> new AppliedMigration(words[0], Integer.parseInt(words[1]), words.length == 2))
                        .toList();
    }
}
