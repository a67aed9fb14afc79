package nexus.webhook.answer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Hosts whose receivers break HTTP. Logs one warning for a host in ten minutes, and remembers for as long the hosts that
 * sent bytes that belong to no answer: their connections are not used again. Belongs to the sender's event loop.
 */
public final class ReceiverBreaches {
    private static final Logger LOG = Logger.getLogger(ReceiverBreaches.class);
    private static final int MAX_HOSTS = 1_000;
    private static final long INTERVAL = Duration.ofMinutes(10).toNanos();

    private final Map<String, Long> warned = new Recent();
    private final Map<String, Long> distrusted = new Recent();

    /** @param words Nexus's own, without a byte of the receiver */
    void report(String host, String words) {
        if (!isRecent(warned, host)) {
            warned.put(host, System.nanoTime());
            LOG.warnf("the receiver %s breaks HTTP: %s (logged at most every 10 minutes for a host)", host, words);
        }
    }

    /** Stops keeping connections to the host for ten minutes. */
    void distrust(String host) {
        distrusted.put(host, System.nanoTime());
    }

    boolean isDistrusted(String host) {
        return !distrusted.isEmpty() && isRecent(distrusted, host);
    }

    private static boolean isRecent(Map<String, Long> times, String host) {
        Long at = times.get(host);
        return at != null && System.nanoTime() - at < INTERVAL;
    }

    private static final class Recent extends LinkedHashMap<String, Long> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_HOSTS;
        }
    }
}
