package nexus.replication.position;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.pgoutput.Lsn;

/**
 * The timelines of the cluster, each left at a switch point, as {@code TIMELINE_HISTORY} returns them. A failover
 * begins a new timeline at a position beyond which the former primary may have written; those positions are used again.
 *
 * @param current the timeline that is written now
 * @param former the earlier timelines, oldest first
 */
public record TimelineHistory(int current, List<Former> former) {
    private static final Pattern LINE = Pattern.compile("\\s*(\\d+)\\s+([0-9A-Fa-f]+/[0-9A-Fa-f]+)(?:\\s.*)?");

    public TimelineHistory {
        former = List.copyOf(former);
    }

    /** @param switchedAt the first position of the next timeline */
    record Former(int timeline, Lsn switchedAt) {}

    /** The history of a cluster without a failover. */
    public static TimelineHistory first(int timeline) {
        return new TimelineHistory(timeline, List.of());
    }

    /**
     * @param file lines of timeline, switch point and reason; empty lines and lines that start with # are ignored
     * @throws IllegalArgumentException for a line of any other form
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

    /** The timeline in which the record at this position was written. */
    public int timelineOf(Lsn lsn) {
        return former.stream()
                .filter(one -> lsn.isBefore(one.switchedAt))
                .findFirst()
                .map(Former::timeline)
                .orElse(current);
    }

    /** The position at which the cluster left a timeline; empty for the current timeline and for unknown ones. */
    Optional<Lsn> switchPointOf(int timeline) {
        return former.stream()
                .filter(one -> one.timeline == timeline)
                .findFirst()
                .map(Former::switchedAt);
    }
}
