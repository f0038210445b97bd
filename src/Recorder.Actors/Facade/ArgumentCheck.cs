using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>Checks the arguments of a new recorder; WebIDL's TypeError is an ArgumentException here.</summary>
internal static class ArgumentCheck
{
    public static SourceUri ParseSource(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return SourceUri.TryParse(source, out var uri, out var error) ? uri : throw new ArgumentException(error, nameof(source));
    }

    public static RecorderId ParseName(string name) =>
        RecorderId.TryParse(name, out var id)
            ? id
            : throw new ArgumentException(
                $"'{name}' is not a valid recorder name: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.", nameof(name));

    public static RecordersProtocol.Create CheckOptions(RecordersProtocol.Create create) =>
        CreateCheck.FindArgument(create) is { } wrong ? throw new ArgumentException(wrong) : create;
}
