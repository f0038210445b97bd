namespace Recorder.Node.HyperDeck;

/// <summary>A group of recorders and their volume as they were when they were last looked at.</summary>
/// <param name="At">When that was, in the node's local time.</param>
/// <param name="Recorders">Those that answered.</param>
/// <param name="Silent">How many others there are.</param>
/// <param name="Volume">The volume; null when it does not answer.</param>
internal sealed record GroupLook(DateTimeOffset At, IReadOnlyList<RecorderProtocol.Status> Recorders, int Silent, VolumeLook? Volume);

/// <summary>The volume that a group records to.</summary>
/// <param name="Name">The volume's name.</param>
internal sealed record VolumeLook(string Name, long BytesFree, long BytesTotal);
