package nexus.page;

import io.quarkus.qute.EvalContext;
import io.quarkus.qute.RawString;
import io.quarkus.qute.ValueResolver;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import nexus.value.Value;

/** How values are written for a person. Templates append the names of these to a value: {@code {event.createdAt.time}}. */
final class Formats {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final char THIN_SPACE = '\u202f';
    private static final List<String> BYTES = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final BigDecimal KIB = BigDecimal.valueOf(1024);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int GROUP = 3;

    private Formats() {}

    static List<ValueResolver> resolvers() {
        List<ValueResolver> all = new ArrayList<>();
        all.add(ofText("time", Formats::time));
        all.add(ofText("encoded", PageRequest::encode));
        all.add(resolver(Value.class, "json", context -> PlainJson.pretty((Value) context.getBase())));
        all.add(ofNumber("count", Formats::count));
        all.add(ofNumber("bytes", Formats::bytes));
        all.add(ofNumber("seconds", Formats::seconds));
        all.add(ofNumber("ms", Formats::milliseconds));
        all.add(ofNumber("rate", Formats::rate));
        all.add(ofNumber("percent", Formats::percent));
        return all;
    }

    /** <code>{assets.path('nexus.css')}</code>. */
    static ValueResolver assets(Assets assets) {
        return ValueResolver.builder()
                .applyToBaseClass(Assets.class)
                .applyToName("path")
                .resolveAsync(context -> context.evaluate(context.getParams().getFirst())
                        .thenApply(file -> assets.path(String.valueOf(file))))
                .build();
    }

    private static ValueResolver ofText(String name, Function<String, Object> format) {
        return resolver(String.class, name, context -> format.apply((String) context.getBase()));
    }

    private static ValueResolver ofNumber(String name, Function<BigDecimal, String> format) {
        return resolver(Number.class, name, context -> format.apply(new BigDecimal(String.valueOf(context.getBase()))));
    }

    private static ValueResolver resolver(Class<?> base, String name, Function<EvalContext, Object> resolve) {
        return ValueResolver.builder()
                .applyToBaseClass(base)
                .applyToName(name)
                .applyToNoParameters()
                .resolveSync(resolve)
                .build();
    }

    /** An element whose text the browser replaces by how long ago it was; its title has the time with its zone. */
    static Object time(String text) {
        try {
            Instant instant = Instant.parse(text);
            return new RawString(
                    "<time datetime=\"" + instant + "\" title=\"" + instant + "\">" + UTC.format(instant) + "</time>");
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    /** {@code 12 408}. */
    static String count(BigDecimal number) {
        String text = number.setScale(0, RoundingMode.HALF_UP).toPlainString();
        StringBuilder out = new StringBuilder();
        int start = text.startsWith("-") ? 1 : 0;
        for (int i = 0; i < text.length(); i++) {
            if (i > start && (text.length() - i) % GROUP == 0) {
                out.append(THIN_SPACE);
            }
            out.append(text.charAt(i));
        }
        return out.toString();
    }

    /** {@code 1.4 GiB}. */
    static String bytes(BigDecimal number) {
        BigDecimal rest = number;
        int unit = 0;
        while (rest.abs().compareTo(KIB) >= 0 && unit < BYTES.size() - 1) {
            rest = rest.divide(KIB, 3, RoundingMode.HALF_UP);
            unit++;
        }
        return brief(rest) + " " + BYTES.get(unit);
    }

    /** {@code 2 d 4 h}, {@code 41 min}, {@code 0.4 s}. */
    static String seconds(BigDecimal number) {
        long whole = number.longValue();
        if (whole < 60) {
            return brief(number) + " s";
        }
        if (whole < 3_600) {
            return whole / 60 + " min";
        }
        if (whole < 86_400) {
            return whole / 3_600 + " h"
                    + (whole < 36_000 && whole % 3_600 >= 60 ? " " + whole % 3_600 / 60 + " min" : "");
        }
        return whole / 86_400 + " d" + (whole % 86_400 >= 3_600 ? " " + whole % 86_400 / 3_600 + " h" : "");
    }

    /** {@code 3.8 ms}, {@code 1.2 s}. */
    static String milliseconds(BigDecimal number) {
        return number.compareTo(BigDecimal.valueOf(1_000)) < 0
                ? brief(number) + " ms"
                : seconds(number.divide(BigDecimal.valueOf(1_000), 3, RoundingMode.HALF_UP));
    }

    /** {@code 0.32}, {@code 1 204}. */
    static String rate(BigDecimal number) {
        return number.compareTo(BigDecimal.valueOf(1_000)) < 0 ? brief(number) : count(number);
    }

    /** Of a share: {@code 99.98 %}. It is 100 % only when it is 1. */
    static String percent(BigDecimal share) {
        BigDecimal percent =
                share.multiply(HUNDRED).setScale(2, RoundingMode.DOWN).stripTrailingZeros();
        return percent.toPlainString() + " %";
    }

    /** Three digits are enough for a person. */
    private static String brief(BigDecimal number) {
        int scale = number.abs().compareTo(HUNDRED) >= 0 ? 0 : number.abs().compareTo(BigDecimal.TEN) >= 0 ? 1 : 2;
        BigDecimal rounded = number.setScale(scale, RoundingMode.HALF_UP).stripTrailingZeros();
        return rounded.toPlainString();
    }
}
