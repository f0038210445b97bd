namespace Recorder.Media.Export;

/// <summary>A recorded file cannot be read any more: it was removed, or its node does not answer. What is written from it is not to blame.</summary>
internal sealed class UnreadableMediaException(IOException failed) : IOException(failed.Message, failed);
