using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recorder.Contracts.Json;

/// <summary>
/// Writes the events of every recording by hand, as <see cref="ProtocolJsonContext"/> does. Its metadata is generic: .NET compiles a thousand
/// methods for it at every start, and compiles some three hundred again once events come every second.
/// </summary>
internal static class EventWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Returns the event as UTF-8, valid up to the next call on this thread; false for events that metadata writes: those that are
    /// seldom, those of a cluster, and those that lack something, which it refuses.</summary>
    public static bool TryWrite(RecorderProtocol.IEvent raised, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (raised is not RaisedEvent { Tenure: null, Before: null } || NameOf(raised) is not { } name)
            return false;

        _buffer ??= new ArrayBufferWriter<byte>(1024);
        _buffer.ResetWrittenCount();
        _writer ??= new Utf8JsonWriter(_buffer, Options);
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        _writer.WriteString("event"u8, name);
        _writer.WriteString("recorder"u8, raised.Recorder.Value);
        _writer.WriteNumber("sequence"u8, raised.Sequence);
        Write(_writer, "at"u8, raised.At);
        WriteMembers(_writer, raised);
        _writer.WriteEndObject();
        _writer.Flush();
        json = _buffer.WrittenSpan;
        return true;
    }

    private static string? NameOf(RecorderProtocol.IEvent raised) => raised switch
    {
        RecorderProtocol.DataAvailable { Data: { Path: not null, Type: not null } } => EventNames.DataAvailable,
        RecorderProtocol.BlobDurable => EventNames.Durable,
        RecorderProtocol.SourceChanged { Detail: not null } changed when Enum.IsDefined(changed.Status) => EventNames.Source,
        RecorderProtocol.Started { MimeType: not null } started when started.Tracks.All(IsComplete) => EventNames.Start,
        RecorderProtocol.Stopped stopped when Enum.IsDefined(stopped.Reason) => EventNames.Stop,
        _ => null,
    };

    private static bool IsComplete(TrackDescription track) => track is { Codec: not null } && Enum.IsDefined(track.Kind);

    private static void WriteMembers(Utf8JsonWriter writer, RecorderProtocol.IEvent raised)
    {
        switch (raised)
        {
            case RecorderProtocol.DataAvailable available:
                Write(writer, available.Data);
                Write(writer, "timecode"u8, available.Timecode);
                break;
            case RecorderProtocol.BlobDurable durable:
                writer.WriteString("recording"u8, durable.Recording.Value);
                writer.WriteNumber("through"u8, durable.Through);
                break;
            case RecorderProtocol.SourceChanged changed:
                Write(writer, "status"u8, changed.Status.ToString());
                writer.WriteString("detail"u8, changed.Detail);
                break;
            case RecorderProtocol.Started started:
                Write(writer, started);
                break;
            case RecorderProtocol.Stopped stopped:
                Write(writer, stopped);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, Blob blob)
    {
        writer.WriteStartObject("blob"u8);
        writer.WriteString("recording"u8, blob.Recording.Value);
        writer.WriteNumber("number"u8, blob.Number);
        writer.WriteNumber("extent"u8, blob.Extent);
        writer.WriteString("path"u8, blob.Path);
        writer.WriteNumber("offset"u8, blob.Offset);
        writer.WriteNumber("length"u8, blob.Length);
        writer.WriteString("type"u8, blob.Type);
        Write(writer, "mediaTime"u8, blob.MediaTime);
        Write(writer, "duration"u8, blob.Duration);
        Write(writer, "capturedAt"u8, blob.CapturedAt);
        writer.WriteBoolean("startsWithKeyFrame"u8, blob.StartsWithKeyFrame);
        writer.WriteString("crc32c"u8, blob.Crc32C.ToString("x8", CultureInfo.InvariantCulture));
        writer.WriteNumber("epoch"u8, blob.Epoch);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, RecorderProtocol.Started started)
    {
        writer.WriteString("recording"u8, started.Recording.Value);
        writer.WriteString("mimeType"u8, started.MimeType);
        writer.WriteStartArray("tracks"u8);
        foreach (var track in started.Tracks)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id"u8, track.Id);
            Write(writer, "kind"u8, track.Kind.ToString());
            writer.WriteString("codec"u8, track.Codec);
            writer.WriteString("mimeCodec"u8, track.MimeCodec);
            writer.WriteNumber("width"u8, track.Width);
            writer.WriteNumber("height"u8, track.Height);
            writer.WriteNumber("frameRate"u8, track.FrameRate);
            writer.WriteNumber("sampleRate"u8, track.SampleRate);
            writer.WriteNumber("channels"u8, track.Channels);
            writer.WriteNumber("bitsPerSecond"u8, track.BitsPerSecond);
            writer.WriteString("language"u8, track.Language);
            writer.WriteNumber("rotation"u8, track.Rotation);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, RecorderProtocol.Stopped stopped)
    {
        writer.WriteString("recording"u8, stopped.Recording.Value);
        Write(writer, "reason"u8, stopped.Reason.ToString());
        Write(writer, "duration"u8, stopped.Duration);
        writer.WriteNumber("bytes"u8, stopped.Bytes);
        writer.WriteNumber("blobs"u8, stopped.Blobs);
        if (stopped.SourceHasChanged)
            writer.WriteBoolean("sourceHasChanged"u8, true);
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TimeSpan value) =>
        writer.WriteNumber(name, MillisecondsConverter.Of(value));

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset value) =>
        writer.WriteString(name, UtcTimeConverter.Of(value));

    // A word of an enumeration.
    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string word) =>
        writer.WriteString(name, JsonNamingPolicy.CamelCase.ConvertName(word));
}
