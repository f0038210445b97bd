namespace Recorder.Contracts;

/// <summary>What a recorder goes on from.</summary>
/// <param name="LastSequence">The number of its last event; the next has the one after.</param>
/// <param name="Recordings">How many recordings it has begun.</param>
/// <param name="Continue">The recording that the first <see cref="RecorderProtocol.Start"/> goes on with; null begins another.</param>
public sealed record RecorderHistory(long LastSequence, long Recordings, InterruptedRecording? Continue = null)
{
    /// <summary>Rises whenever another node takes the recorder: its blobs carry it. 0 on a single node.</summary>
    public int Epoch { get; init; }
}

/// <summary>A recording that was under way when its node ended; all that is said of it was checked on disk.</summary>
/// <param name="Recording">Its name.</param>
/// <param name="MimeType">What it holds; a recorder that would record another type begins another recording.</param>
/// <param name="LastExtent">The number of its last extent.</param>
/// <param name="LastBlob">The number of its last blob.</param>
/// <param name="Bytes">Bytes of all its blobs.</param>
/// <param name="Duration">Where its timeline ends.</param>
/// <param name="EndedAt">Wall-clock time of that.</param>
public sealed record InterruptedRecording(
    RecordingId Recording, string MimeType, int LastExtent, long LastBlob, long Bytes, TimeSpan Duration, DateTimeOffset EndedAt)
{
    /// <summary>
    /// Its last key frames, oldest first, where another node handed it over: whoever goes on with one of them loses no frame. Null where nobody
    /// can say.
    /// </summary>
    public IReadOnlyList<KeyPicture>? KeyPictures { get; init; }

    /// <summary>Equal in everything, key frame by key frame.</summary>
    public bool Equals(InterruptedRecording? other) =>
        other is not null && Recording == other.Recording && MimeType == other.MimeType && LastExtent == other.LastExtent && LastBlob == other.LastBlob &&
        Bytes == other.Bytes && Duration == other.Duration && EndedAt == other.EndedAt && (KeyPictures ?? []).SequenceEqual(other.KeyPictures ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Recording, MimeType, LastExtent, LastBlob, Bytes, Duration, EndedAt);
}

/// <summary>
/// A key frame, known by its bytes as the camera sent them: two nodes that record the same camera find the same moment by it, whatever their
/// clocks say.
/// </summary>
/// <param name="MediaTime">Where it is on the recording's timeline.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Crc32C">Their checksum (CRC-32C, RFC 3720).</param>
public sealed record KeyPicture(TimeSpan MediaTime, int Size, uint Crc32C);
