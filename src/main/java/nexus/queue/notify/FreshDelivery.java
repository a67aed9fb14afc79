package nexus.queue.notify;

import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;

/** A delivery that has just become owed, with what it sends: its owner need not read it from the store. */
public record FreshDelivery(OwedDelivery delivery, OwedBody body) {}
