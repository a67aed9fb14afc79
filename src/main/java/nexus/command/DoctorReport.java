package nexus.command;

import java.util.ArrayList;
import java.util.List;
import nexus.doctor.check.Check;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Subject;
import nexus.store.PostgresUrl;
import nexus.terminal.Printable;

/** A diagnosis as text for a terminal: one line for each check, followed by its fix, ready to be pasted. */
final class DoctorReport {
    private static final int WIDTH = 110;
    private static final String INDENT = " ".repeat(6);

    private DoctorReport() {}

    static String of(Subject subject, Diagnosis diagnosis) {
        List<String> lines = new ArrayList<>();
        lines.add("source  " + subject.source().map(PostgresUrl::toString).orElse("the embedded database"));
        lines.add("store   " + subject.store().map(PostgresUrl::toString).orElse("the embedded database"));
        lines.add("");
        int names = diagnosis.checks().stream()
                .mapToInt(check -> check.check().length())
                .max()
                .orElse(0);
        for (Check check : diagnosis.checks()) {
            add(lines, check, names);
        }
        lines.add("");
        lines.add(summary(diagnosis));
        if (!diagnosis.status().equals("ok")) {
            lines.add(
                    "SQL goes to the source, that of checks named store-… to the store; most of it needs a superuser or the"
                            + " owner.");
        }
        return String.join("\n", lines);
    }

    private static void add(List<String> lines, Check check, int names) {
        String head = mark(check) + "  " + check.check()
                + " ".repeat(names - check.check().length()) + "  ";
        List<String> detail = wrapped(Printable.line(check.detail()), Math.max(40, WIDTH - head.length()));
        lines.add(head + detail.getFirst());
        detail.stream().skip(1).forEach(line -> lines.add(" ".repeat(head.length()) + line));
        if (check.fix() != null) {
            lines.add("");
            Printable.lines(check.fix()).lines().forEach(line -> lines.add(INDENT + line));
            lines.add("");
        }
    }

    private static String mark(Check check) {
        return switch (check.weight()) {
            case OK -> "ok  ";
            case WARN -> "warn";
            case FAIL -> "FAIL";
        };
    }

    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String summary(Diagnosis diagnosis) {
        long warnings = count(diagnosis, Check.Status.WARN);
        long failures = count(diagnosis, Check.Status.FAIL);
        if (warnings == 0 && failures == 0) {
            return "All " + diagnosis.checks().size() + " checks are ok.";
        }
        return failures + " failed, " + warnings + (warnings == 1 ? " warning, " : " warnings, ")
                + count(diagnosis, Check.Status.OK) + " ok.";
    }

    private static long count(Diagnosis diagnosis, Check.Status status) {
        return diagnosis.checks().stream()
                .filter(check -> check.weight() == status)
                .count();
    }
}
