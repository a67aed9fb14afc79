/**
 * How do the bytes of the stream arrive?
 *
 * <p>Takes an address, gives a TLS socket whose reads time out and whose long foreign messages use no memory. Never
 * interprets the bytes.
 */
@NullMarked
package nexus.replication.connection;

import org.jspecify.annotations.NullMarked;
