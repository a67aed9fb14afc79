package nexus.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A statement with named parameters: {@code :seq} in the text. A constant of this type replaces the names by
 * PostgreSQL's {@code $1} and JDBC's {@code ?} when its class is loaded, and throws if the text and the declaration do
 * not name the same parameters. An execution costs as much as with numbered parameters.
 */
public final class NamedSql {
    private static final String LITERAL = "'[^']*'";

    /** Skips literals. {@code ::text} is a cast, and {@code [a:b]} a slice. */
    private static final Pattern NAME = Pattern.compile(LITERAL + "|(?<![:\\w\\])]):([a-z][a-z0-9_]*)");

    private static final Pattern POSITION = Pattern.compile(LITERAL + "|\\$([0-9]+)");
    private static final Pattern COUNTED = Pattern.compile("\\$[0-9]|\\?");

    private final String text;
    private final int parameters;
    private final String jdbcText;
    private final int[] jdbcParameters; // for each question mark, the index of its name

    private NamedSql(String text, List<String> names) {
        this.text = positioned(text, names);
        this.parameters = names.size();
        this.jdbcText = POSITION.matcher(this.text)
                .replaceAll(found -> found.group(1) == null ? Matcher.quoteReplacement(found.group()) : "?");
        this.jdbcParameters = POSITION.matcher(this.text)
                .results()
                .filter(found -> found.group(1) != null)
                .mapToInt(found -> Integer.parseInt(found.group(1)) - 1)
                .toArray();
    }

    /**
     * A statement with a few parameters.
     *
     * @param names in the order in which {@link #tuple} takes the values
     * @throws IllegalArgumentException when the text has other names
     */
    public static NamedSql of(String text, String... names) {
        return new NamedSql(text, List.of(names));
    }

    /**
     * A statement with many parameters, each of which extracts its value from one object.
     *
     * @throws IllegalArgumentException when the text has other names
     */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <P> From<P> from(String text, Parameter<P>... parameters) {
        return new From<>(text, List.of(parameters));
    }

    /**
     * A statement of which another class contributes a part.
     *
     * @param part the parameters of that part
     * @param parameters all others
     * @throws IllegalArgumentException when the text has other names
     */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <P> From<P> from(String text, List<Parameter<P>> part, Parameter<P>... parameters) {
        return new From<>(
                text, Stream.concat(part.stream(), Stream.of(parameters)).toList());
    }

    /** One parameter of a statement, which extracts its value from an object. */
    public static <P> Parameter<P> parameter(String name, Function<P, @Nullable Object> value) {
        return new Parameter<>(name, value);
    }

    /** The value of an array parameter, with one element for each of these. */
    @SuppressWarnings("NullAway") // an array for the client, with nulls for missing values
    public static <E, T> T[] array(Collection<? extends E> of, IntFunction<T[]> array, Element<E, T> value) {
        T[] values = array.apply(of.size());
        int next = 0;
        for (E element : of) {
            values[next++] = value.of(element);
        }
        return values;
    }

    /** See {@link #array}. */
    @FunctionalInterface
    public interface Element<E, T> {
        @Nullable
        T of(E object);
    }

    /** See {@link #parameter}. */
    public record Parameter<P>(String name, Function<P, @Nullable Object> value) {}

    /** The text with {@code $1} in place of its first parameter, and so on. */
    public String text() {
        return text;
    }

    /** @param values in the order of the names */
    public Tuple tuple(@Nullable Object... values) {
        requireAll(values);
        return Tuple.wrap(values);
    }

    /** @param values in the order of the names */
    public Future<RowSet<Row>> on(SqlClient client, @Nullable Object... values) {
        return client.preparedQuery(text).execute(tuple(values));
    }

    /**
     * Prepares it for JDBC, which counts the uses of names.
     *
     * @param values in the order of the names
     */
    public PreparedStatement prepare(Connection connection, @Nullable Object... values) throws SQLException {
        requireAll(values);
        PreparedStatement statement = connection.prepareStatement(jdbcText);
        try {
            for (int i = 0; i < jdbcParameters.length; i++) {
                statement.setObject(i + 1, values[jdbcParameters[i]]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private void requireAll(@Nullable Object[] values) {
        if (values.length != parameters) {
            throw new IllegalArgumentException(values.length + " values for " + parameters + " parameters: " + text);
        }
    }

    /** A statement that takes all its parameters from one object. */
    public static final class From<P> {
        private final NamedSql sql;
        private final List<Function<P, @Nullable Object>> values;

        private From(String text, List<Parameter<P>> parameters) {
            this.sql =
                    new NamedSql(text, parameters.stream().map(Parameter::name).toList());
            this.values = parameters.stream().map(Parameter::value).toList();
        }

        public String text() {
            return sql.text();
        }

        public Tuple tuple(P from) {
            @Nullable Object[] taken = new Object[values.size()];
            for (int i = 0; i < taken.length; i++) {
                taken[i] = values.get(i).apply(from);
            }
            return Tuple.wrap(taken);
        }

        public Future<RowSet<Row>> on(SqlClient client, P from) {
            return client.preparedQuery(sql.text()).execute(tuple(from));
        }
    }

    private static String positioned(String text, List<String> names) {
        if (COUNTED.matcher(text.replaceAll(LITERAL, "")).find()) {
            throw new IllegalArgumentException("a parameter without a name: " + text);
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("a name is declared twice in " + names);
        }
        Set<String> used = new HashSet<>();
        String positioned = NAME.matcher(text).replaceAll(found -> {
            @Nullable String name = found.group(1);
            if (name == null) {
                return Matcher.quoteReplacement(found.group());
            }
            if (!names.contains(name)) {
                throw new IllegalArgumentException("the parameter :" + name + " is not declared for: " + text);
            }
            used.add(name);
            return "\\$" + (names.indexOf(name) + 1);
        });
        for (String name : names) {
            if (!used.contains(name)) {
                throw new IllegalArgumentException("the parameter :" + name + " is not used by: " + text);
            }
        }
        return positioned;
    }

    @Override
    public String toString() {
        return text;
    }
}
