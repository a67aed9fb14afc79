package nexus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import nexus.store.IndexedRead;
import nexus.store.Store;

/** Reads each page of {@link ManyRows} and finds those that look at too much of it. */
public final class PageCosts {
    private static final int RUNS_FOR_FIGURES = 3;
    private static final Comparator<Page> DEAREST = Comparator.comparingLong((Page page) -> page.nanos)
            .thenComparingLong(page -> page.cost.rows() + page.cost.buffers())
            .reversed();

    private final Store store;
    private final List<Page> pages = new ArrayList<>();

    /** @param nanos CPU of its server's process, planning included; for figures alone, else 0 */
    private record Page(String name, PageCost cost, long nanos) {
        @Override
        public String toString() {
            return "%7.1f ms %8d rows %8d buffers  %s".formatted(nanos / 1e6, cost.rows(), cost.buffers(), name);
        }
    }

    public PageCosts(Store store) {
        this.store = store;
    }

    public void add(String page, IndexedRead read) {
        pages.add(new Page(page, PageCost.of(store.api(), read), ManyRows.isForFigures() ? nanos(read) : 0));
    }

    /** Each way to choose one value for every field. */
    public static List<Map<String, Object>> combinations(Map<String, List<?>> fields) {
        List<Map<String, Object>> all = List.of(Map.of());
        for (Map.Entry<String, List<?>> field : fields.entrySet()) {
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> chosen : all) {
                for (Object value : field.getValue()) {
                    Map<String, Object> more = new LinkedHashMap<>(chosen);
                    more.put(field.getKey(), value);
                    longer.add(more);
                }
            }
            all = longer;
        }
        return all;
    }

    /** What is chosen for a field that is optional. */
    @SuppressWarnings("unchecked")
    public static <T> Optional<T> chosen(Map<String, Object> combination, String field) {
        return (Optional<T>) Objects.requireNonNull(combination.get(field));
    }

    public void assertBounded(long rows, long buffers) {
        if (ManyRows.isForFigures()) {
            pages.stream().sorted(DEAREST).forEach(System.out::println);
        }
        List<Page> tooDear = pages.stream()
                .filter(page -> page.cost.rows() > rows || page.cost.buffers() > buffers)
                .sorted(DEAREST)
                .limit(20)
                .toList();
        assertThat(tooDear)
                .as(
                        "pages that look at more than %s rows or %s buffers; the first:%n%s",
                        rows,
                        buffers,
                        tooDear.isEmpty()
                                ? ""
                                : executed(tooDear.getFirst().cost.plan()))
                .isEmpty();
    }

    private static String executed(String plan) {
        return plan.lines()
                .filter(line -> line.contains("->") && !line.contains("never executed"))
                .limit(60)
                .map(line -> line.replaceAll("\\(cost=\\S+ rows=\\S+ width=\\S+\\) ", ""))
                .collect(Collectors.joining("\n"));
    }

    /** The least of several runs: the machine's other work and a cold cache make it more. */
    private long nanos(IndexedRead read) {
        List<String> processes = TestPostgres.query(
                ManyRows.url(),
                "SELECT pid FROM pg_stat_activity WHERE query = 'COMMIT' AND datname = current_database()");
        return LongStream.range(0, RUNS_FOR_FIGURES)
                .map(run -> {
                    long before = cpuNanos(processes);
                    TestPostgres.await(read.on(store.api()));
                    return cpuNanos(processes) - before;
                })
                .min()
                .orElseThrow();
    }

    private static long cpuNanos(List<String> processes) {
        long sum = 0;
        for (String process : processes) {
            Path path = Path.of("/proc", process, "schedstat");
            try {
                sum += Long.parseLong(Files.readString(path).split(" ", -1)[0]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sum;
    }
}
