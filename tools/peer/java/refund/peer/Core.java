package refund.peer;

/** Our core (tools/peer/jni.cc). A handle belongs to one task, so to one thread at a time. */
final class Core {
  static {
    System.load(System.getProperty("refund.core"));
  }

  private Core() {}

  static native long open();

  static native void close(long handle);

  /**
   * Reads a record. The key of its order, whose step() must follow; or, where it begins with '!', the
   * name under which a broadcast record is kept, to be taken again after a restart; or null.
   */
  static native byte[] take(long handle, byte[] record);

  /** Applies the record just taken. Null if nothing changed; else the state, then the steps. */
  static native byte[][] step(long handle, byte[] state);

  /** CPU spent in the last two, copies included: estimated from one record in 64. */
  static native double cpuSeconds(long handle);
}
