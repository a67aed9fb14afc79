package nexus.queue.backlog;

/** The right of this process to deliver its shards during one term. */
interface Tenancy {
    /** Whether it still lasts, and a request may be sent now. Any thread may ask. */
    boolean isHeld();

    /** Nothing is under way any more in a shard that was to be given up. */
    void drained(int shard);

    /** The store refused so many outcomes: another process has taken over. */
    void refused(int outcomes);
}
