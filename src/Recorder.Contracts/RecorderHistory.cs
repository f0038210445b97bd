namespace Recorder.Contracts;

/// <summary>The history that a recreated recorder continues from.</summary>
/// <param name="LastSequence">The number of the recorder's last event; its next event has the number after it.</param>
/// <param name="Recordings">How many recordings the recorder has begun.</param>
/// <param name="Continue">The recording that the first <see cref="RecorderProtocol.Start"/> continues; null begins a new
/// recording.</param>
public sealed record RecorderHistory(long LastSequence, long Recordings, InterruptedRecording? Continue = null)
{
    /// <summary>
    /// The term of the node's ownership: it rises whenever another node takes the recorder. 0 on a single node.
    /// </summary>
    public int Epoch { get; init; }

    /// <summary>
    /// The tenure under which events are raised; null on a single node. In the history that an owner hands over: the tenure of its last event.
    /// </summary>
    public EventTenure? Tenure { get; init; }

    /// <summary>
    /// Whether the tenure is only a claim so far. Events wait until it has begun: a node that is tried while another holds the recorder raises none.
    /// </summary>
    public bool IsClaim { get; init; }

    /// <summary>
    /// The recorder's last event; its sequence is 0 if none is known. A tenure that raised none is not named, because nobody will ever have an event of
    /// it. Null on a single node, and in what an earlier version hands over.
    /// </summary>
    public EventBefore? Last { get; init; }
}

/// <summary>A recording that was in progress when its node ended. Its values were verified against the files on disk.</summary>
/// <param name="Recording">The recording's id.</param>
/// <param name="MimeType">The recording's MIME type. A recorder whose media has another type begins a new recording
/// instead.</param>
/// <param name="LastExtent">The number of the last extent.</param>
/// <param name="LastBlob">The number of the last blob.</param>
/// <param name="Bytes">Bytes of all blobs together.</param>
/// <param name="Duration">Media time at the end of the recording's timeline.</param>
/// <param name="EndedAt">Wall-clock time at the end of the recording's timeline.</param>
public sealed record InterruptedRecording(
    RecordingId Recording, string MimeType, int LastExtent, long LastBlob, long Bytes, TimeSpan Duration, DateTimeOffset EndedAt)
{
    /// <summary>
    /// The last key frames of the recording, oldest first, when another node handed it over. A node that finds one of them in
    /// its own pre-roll buffer continues at that key frame and loses no frame. Null when they are unknown.
    /// </summary>
    public IReadOnlyList<KeyPicture>? KeyPictures { get; init; }

    /// <summary>Compares every property, and the key frames one by one.</summary>
    public bool Equals(InterruptedRecording? other) =>
        other is not null && Recording == other.Recording && MimeType == other.MimeType &&
        LastExtent == other.LastExtent && LastBlob == other.LastBlob && Bytes == other.Bytes &&
        Duration == other.Duration && EndedAt == other.EndedAt && (KeyPictures ?? []).SequenceEqual(other.KeyPictures ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Recording, MimeType, LastExtent, LastBlob, Bytes, Duration, EndedAt);
}

/// <summary>
/// Identifies a key frame by the bytes that the camera sent. Two nodes that record the same camera can find the same frame by
/// it, even if their clocks differ.
/// </summary>
/// <param name="MediaTime">The key frame's position on the recording's timeline.</param>
/// <param name="Size">The key frame's size in bytes.</param>
/// <param name="Crc32C">The CRC-32C checksum of the bytes (RFC 3720).</param>
public sealed record KeyPicture(TimeSpan MediaTime, int Size, uint Crc32C);
