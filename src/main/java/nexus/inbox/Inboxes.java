package nexus.inbox;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * The inboxes of this process. They are in memory alone: a restart empties them, and another process has its own. Anybody
 * may send to them, so their number and their bytes are bounded, and unknown senders do not displace what a subscription
 * has sent. Safe for any thread.
 */
@Singleton
public final class Inboxes {
    private final InboxConfig config;
    private final Map<String, Inbox> byName = new LinkedHashMap<>(16, 0.75F, true); // least recently used first
    private final List<Consumer<InboxAddress>> watchers = new CopyOnWriteArrayList<>();
    private long bytes; // of all kept requests
    private long receiving; // bytes of bodies that are arriving

    @Inject
    Inboxes(InboxConfig config) {
        this.config = config;
    }

    /** Whether there are any. */
    public boolean isEnabled() {
        return config.enabled();
    }

    /** One that never received anything is empty. */
    public synchronized InboxView view(InboxAddress address) {
        Inbox inbox = byName.get(address.name());
        return inbox == null ? new InboxView(address, ChosenReply.OK, 0, List.of()) : view(address, inbox);
    }

    /** Those with requests or a chosen reply, the most recently used first. */
    public synchronized List<InboxView> all() {
        return byName.entrySet().stream()
                .map(entry -> view(new InboxAddress(entry.getKey()), entry.getValue()))
                .toList()
                .reversed();
    }

    private static InboxView view(InboxAddress address, Inbox inbox) {
        return new InboxView(address, inbox.chosen(), inbox.received(), inbox.requests());
    }

    /** From now on, requests get this reply unless their URL chooses one. */
    public void choose(InboxAddress address, ChosenReply reply) {
        synchronized (this) {
            open(address).choose(reply);
        }
        changed(address);
    }

    /** Forgets the requests and the chosen reply. */
    public void clear(InboxAddress address) {
        synchronized (this) {
            Inbox inbox = byName.remove(address.name());
            bytes -= inbox == null ? 0 : inbox.bytes();
        }
        changed(address);
    }

    /** The reply for one more request. */
    synchronized Reply takeReply(InboxAddress address) {
        return open(address).take();
    }

    /** @param made makes the request from its number */
    void receive(InboxAddress address, LongFunction<InboxRequest> made) {
        synchronized (this) {
            Inbox inbox = open(address);
            bytes += inbox.add(made).bytes();
            while (inbox.kept() > config.requests() || (inbox.bytes() > config.maxBytes() / 4 && inbox.kept() > 1)) {
                bytes -= inbox.dropOldest();
            }
            while (bytes > config.maxBytes()) {
                bytes -= leastImportant().dropOldest();
            }
        }
        changed(address);
    }

    /** The inbox that is used least among those with requests, if possible one that no subscription uses. */
    private Inbox leastImportant() {
        Inbox oldest = null;
        for (Inbox inbox : byName.values()) {
            if (inbox.kept() > 0) {
                if (!inbox.isTrusted()) {
                    return inbox;
                }
                oldest = oldest == null ? inbox : oldest;
            }
        }
        if (oldest == null) {
            throw new IllegalStateException("bytes are counted, but no request is kept");
        }
        return oldest;
    }

    private Inbox open(InboxAddress address) {
        Inbox known = byName.get(address.name());
        if (known != null) {
            return known;
        }
        if (byName.size() >= config.inboxes()) {
            makeRoom();
        }
        Inbox made = new Inbox();
        byName.put(address.name(), made);
        return made;
    }

    private void makeRoom() {
        String name = null;
        for (Map.Entry<String, Inbox> entry : byName.entrySet()) {
            if (!entry.getValue().isTrusted()) {
                name = entry.getKey();
                break;
            }
            name = name == null ? entry.getKey() : name;
        }
        Inbox removed = name == null ? null : byName.remove(name);
        bytes -= removed == null ? 0 : removed.bytes();
    }

    /** Reserves memory for a part of a body; refused when bodies that are arriving need too much already. */
    synchronized boolean reserve(int partBytes) {
        if (receiving + partBytes > config.maxBytes()) {
            return false;
        }
        receiving += partBytes;
        return true;
    }

    synchronized void release(long reserved) {
        receiving -= reserved;
    }

    /**
     * Calls back after each change of an inbox, on any thread. It must return at once.
     *
     * @return ends the callbacks
     */
    public Runnable watch(Consumer<InboxAddress> watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    private void changed(InboxAddress address) {
        watchers.forEach(watcher -> watcher.accept(address));
    }
}
