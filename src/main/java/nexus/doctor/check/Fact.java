package nexus.doctor.check;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nexus.store.SqlReason;

/** The result of a query to a database, or the reason why there is none. */
public sealed interface Fact<T> {
    record Known<T>(T value) implements Fact<T> {}

    record Unknown<T>(String because) implements Fact<T> {}

    /** A query. */
    @FunctionalInterface
    interface Question<T> {
        T ask() throws SQLException;
    }

    static <T> Fact<T> of(Question<T> question) {
        try {
            return new Known<>(question.ask());
        } catch (SQLException e) {
            return new Unknown<>(SqlReason.of(e));
        }
    }

    default Optional<T> known() {
        return switch (this) {
            case Known<T>(T value) -> Optional.of(value);
            case Unknown<T> unknown -> Optional.empty();
        };
    }

    default <R> Fact<R> map(Function<T, R> function) {
        return switch (this) {
            case Known<T>(T value) -> new Known<>(function.apply(value));
            case Unknown<T>(String because) -> new Unknown<>(because);
        };
    }

    /** @param name of the check that replaces all others when there is no result */
    default List<Check> checks(String name, Function<T, List<Check>> checks) {
        return switch (this) {
            case Known<T>(T value) -> checks.apply(value);
            case Unknown<T>(String because) -> List.of(Check.notChecked(name, because));
        };
    }
}
