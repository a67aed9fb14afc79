/** The program itself. Everything else is in a room of its own, and no room imports this package. */
@NullMarked
package nexus;

import org.jspecify.annotations.NullMarked;
