/**
 * How do the bytes of the stream arrive?
 *
 * <p>Takes an address, gives a TLS socket whose silence ends after a bound and whose long foreign messages cost no
 * memory. Never reads what the bytes mean.
 */
@NullMarked
package nexus.replication.connection;

import org.jspecify.annotations.NullMarked;
