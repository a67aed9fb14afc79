package nexus.replication.position;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.pgoutput.Lsn;

/**
 * The timelines that the cluster went through, each left at a switch point: what {@code TIMELINE_HISTORY} answers. A
 * failover begins a new timeline at a place that the former primary may have written beyond; those numbers come again.
 *
 * @param current the one that is written now
 * @param former the earlier ones, oldest first
 */
public record TimelineHistory(int current, List<Former> former) {
    private static final Pattern LINE = Pattern.compile("\\s*(\\d+)\\s+([0-9A-Fa-f]+/[0-9A-Fa-f]+)(?:\\s.*)?");

    public TimelineHistory {
        former = List.copyOf(former);
    }

    /** @param switchedAt the first place that belongs to the next timeline */
    record Former(int timeline, Lsn switchedAt) {}

    /** A cluster that never had a failover. */
    public static TimelineHistory first(int timeline) {
        return new TimelineHistory(timeline, List.of());
    }

    /**
     * @param file lines of timeline, switch point and reason; empty ones and those that start with # say nothing
     * @throws IllegalArgumentException if a line is anything else
     */
    public static TimelineHistory parse(int current, String file) {
        List<Former> former = new ArrayList<>();
        for (String line : file.lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                Matcher matcher = LINE.matcher(line);
                if (!matcher.matches()) {
                    throw new IllegalArgumentException("not a line of a timeline history: " + line);
                }
                former.add(new Former(Integer.parseInt(matcher.group(1)), Lsn.parse(matcher.group(2))));
            }
        }
        return new TimelineHistory(current, former);
    }

    /** In which timeline a record at this place was written. */
    public int timelineOf(Lsn lsn) {
        return former.stream()
                .filter(one -> lsn.isBefore(one.switchedAt))
                .findFirst()
                .map(Former::timeline)
                .orElse(current);
    }

    /** Where the cluster left a timeline; empty when it never was in it, or still is. */
    Optional<Lsn> switchPointOf(int timeline) {
        return former.stream()
                .filter(one -> one.timeline == timeline)
                .findFirst()
                .map(Former::switchedAt);
    }
}
