package nexus.template.expression;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.value.Value;

/** The functions of timestamps and durations. The time zone is UTC unless the expression names another one. */
final class Moments {
    private static final int MAX_TEXT = 64;
    /** The range of CEL: the years 1 to 9999. */
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
    private static final Duration LONGEST = Duration.between(FIRST, LAST);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern LOCAL = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{5,20}");
    /** Offsets without their minutes, as PostgreSQL writes them in texts. */
    private static final Pattern SHORT_OFFSET = Pattern.compile(".*T.*[+-]\\d\\d");

    private static final Pattern SPAN = Pattern.compile("[+-]?(\\d+(\\.\\d+)?(h|ms|m|s|us|µs|ns))+");
    private static final Pattern SPAN_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s|us|µs|ns)");
    private static final Pattern CEL_OFFSET = Pattern.compile("[+-]?\\d\\d:\\d\\d");

    private Moments() {}

    /** A timestamp by RFC 3339, or one of PostgreSQL without an offset, which is in UTC. */
    static Value timestamp(String text) {
        if (text.length() <= MAX_TEXT) {
            String t = text.length() > 10 && text.charAt(10) == ' '
                    ? text.substring(0, 10) + 'T' + text.substring(11)
                    : text;
            try {
                return of(instant(t));
            } catch (DateTimeException e) {
                // the message would show the text
            }
        }
        throw new EvaluationFailed("timestamp needs a string such as 2026-01-31T18:20:43Z");
    }

    private static Instant instant(String text) {
        if (DATE.matcher(text).matches()) {
            return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        if (LOCAL.matcher(text).matches()) {
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        }
        String whole = SHORT_OFFSET.matcher(text).matches() ? text + ":00" : text;
        return OffsetDateTime.parse(whole, OFFSET).toInstant();
    }

    static Value ofSeconds(BigDecimal seconds) {
        try {
            return of(Instant.ofEpochSecond(seconds.longValueExact()));
        } catch (ArithmeticException | DateTimeException e) {
            throw outside();
        }
    }

    static Value duration(String text) {
        Duration sum = Duration.ZERO;
        if (text.length() > MAX_TEXT || !SPAN.matcher(text).matches()) {
            throw new EvaluationFailed("duration needs a string such as 90s or 1h30m");
        }
        try {
            for (Matcher part = SPAN_PART.matcher(text); part.find(); ) {
                BigDecimal nanos = new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanos(part.group(2))));
                BigDecimal[] seconds = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000));
                sum = sum.plusSeconds(seconds[0].longValueExact()).plusNanos(seconds[1].longValue());
            }
            return of(text.startsWith("-") ? sum.negated() : sum);
        } catch (ArithmeticException e) {
            throw outside();
        }
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us", "µs" -> 1_000L;
            case "ns" -> 1L;
            default -> throw new IllegalStateException("the pattern names all units");
        };
    }

    static Value plus(Moment moment, Duration length) {
        try {
            return of(moment.at().plus(length));
        } catch (ArithmeticException | DateTimeException e) {
            throw outside();
        }
    }

    static Value between(Moment from, Moment to) {
        return of(Duration.between(from.at(), to.at()));
    }

    static Value of(Duration length) {
        if (length.abs().compareTo(LONGEST) > 0) {
            throw outside();
        }
        return Kinds.of(length);
    }

    private static Value of(Instant at) {
        if (at.isBefore(FIRST) || at.isAfter(LAST)) {
            throw outside();
        }
        return Kinds.of(at);
    }

    private static EvaluationFailed outside() {
        return new EvaluationFailed("a timestamp is outside the years 1 to 9999");
    }

    /** A part of a timestamp; of a duration its whole hours, minutes, seconds, or the milliseconds of its second. */
    static Value part(Function function, Value of, String zone) {
        long part =
                switch (of) {
                    case Moment moment -> part(function, moment.at().atZone(zone(zone)));
                    case Value.Text text
                    when timestamp(text.value()) instanceof Moment moment ->
                        part(function, moment.at().atZone(zone(zone)));
                    case Span span -> part(function, span);
                    case Value other -> throw Kinds.misfit(function, other);
                };
        return Value.Num.of(part);
    }

    private static long part(Function function, ZonedDateTime at) {
        return switch (function) {
            case GET_FULL_YEAR -> at.getYear();
            case GET_MONTH -> at.getMonthValue() - 1;
            case GET_DATE -> at.getDayOfMonth();
            case GET_DAY_OF_MONTH -> at.getDayOfMonth() - 1;
            case GET_DAY_OF_WEEK -> at.getDayOfWeek().getValue() % 7;
            case GET_DAY_OF_YEAR -> at.getDayOfYear() - 1;
            case GET_HOURS -> at.getHour();
            case GET_MINUTES -> at.getMinute();
            case GET_SECONDS -> at.getSecond();
            case GET_MILLISECONDS -> at.getNano() / 1_000_000;
            default -> throw new IllegalStateException("no part of a timestamp: " + function);
        };
    }

    private static long part(Function function, Span span) {
        return switch (function) {
            case GET_HOURS -> span.length().toHours();
            case GET_MINUTES -> span.length().toMinutes();
            case GET_SECONDS -> span.length().toSeconds();
            case GET_MILLISECONDS -> span.length().toMillisPart();
            default -> throw Kinds.misfit(function, span);
        };
    }

    private static ZoneId zone(String name) {
        try {
            if (CEL_OFFSET.matcher(name).matches()) {
                return ZoneOffset.of(name.startsWith("+") || name.startsWith("-") ? name : "+" + name);
            }
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new EvaluationFailed("there is no time zone of this name");
        }
    }

    static String shown(Moment moment) {
        return moment.at().toString();
    }

    static String shown(Span span) {
        BigDecimal seconds = BigDecimal.valueOf(span.length().toSeconds())
                .add(BigDecimal.valueOf(span.length().toNanosPart(), 9));
        return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
    }
}
