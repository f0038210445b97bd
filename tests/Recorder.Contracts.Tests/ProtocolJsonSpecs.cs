using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Contracts.Json;

namespace Recorder.Contracts.Tests;

public sealed class ProtocolJsonSpecs
{
    private static readonly Type[] Protocols = [typeof(RecorderProtocol), typeof(RecordersProtocol), typeof(EventsProtocol)];

    public static TheoryData<string> EventNamesOnTheWire() => [.. Samples.Events.Select(sample => sample.GetType().Name)];

    public static TheoryData<string> CommandNames() => [.. Samples.Commands.Select(sample => sample.GetType().Name)];

    public static TheoryData<string> OtherNames() => [.. Samples.Others.Select(sample => sample.GetType().Name)];

    [Theory]
    [MemberData(nameof(EventNamesOnTheWire))]
    public void Every_event_reads_back_equal(string name)
    {
        var sample = Samples.Events.Single(message => message.GetType().Name == name);

        ProtocolJson.Read<RecorderProtocol.IEvent>(ProtocolJson.Write(sample)).ShouldBe(sample);
    }

    // The events of every recording are written by hand (EventWriter); this is what keeps the two forms one.
    [Theory]
    [MemberData(nameof(EventNamesOnTheWire))]
    public void Every_event_is_written_as_its_metadata_says(string name)
    {
        var sample = Samples.Events.Single(message => message.GetType().Name == name);
        var alone = (RecorderProtocol.IEvent)((RaisedEvent)sample with { Tenure = null, Before = null });
        RecorderProtocol.IEvent[] variants =
        [
            sample,
            alone,
            alone switch
            {
                RecorderProtocol.DataAvailable available => available with { Data = available.Data with { Path = "a\"\\\n\u0001<>&'é😀", Epoch = 0 } },
                RecorderProtocol.Stopped stopped => stopped with { SourceHasChanged = true, Duration = TimeSpan.FromTicks(1) },
                RecorderProtocol.Started started => started with { Tracks = [started.Tracks[0] with { Language = null, FrameRate = 25 }] },
                RecorderProtocol.SourceChanged changed => changed with { Status = SourceStatus.TimestampsMended, Detail = "" },
                var other => other,
            },
        ];

        foreach (var variant in variants)
        {
            var expected = ProtocolJson.WriteByMetadata(variant);
            ProtocolJson.Write(variant).ShouldBe(expected);
            Encoding.UTF8.GetString(ProtocolJson.WriteUtf8(variant)).ShouldBe(expected);
        }
    }

    [Fact]
    public void An_event_that_lacks_something_is_refused()
    {
        var available = Samples.Events.OfType<RecorderProtocol.DataAvailable>().Single() with { Tenure = null, Before = null };
        var started = Samples.Events.OfType<RecorderProtocol.Started>().Single() with { Tenure = null, Before = null };
        var changed = Samples.Events.OfType<RecorderProtocol.SourceChanged>().Single() with { Tenure = null, Before = null };
        var stopped = Samples.Events.OfType<RecorderProtocol.Stopped>().Single() with { Tenure = null, Before = null };
        RecorderProtocol.IEvent[] incomplete =
        [
            available with { Data = available.Data with { Path = null! } },
            available with { Data = available.Data with { Type = null! } },
            started with { MimeType = null! },
            started with { Tracks = [Samples.Track with { Codec = null! }] },
            started with { Tracks = [Samples.Track with { Kind = (TrackKind)99 }] },
            changed with { Detail = null! },
            changed with { Status = (SourceStatus)99 },
            stopped with { Reason = (StopReason)99 },
        ];

        foreach (var each in incomplete)
            Should.Throw<JsonException>(() => ProtocolJson.Write(each), each.ToString());
    }

    [Fact]
    public void A_stop_event_mentions_a_changed_source_only_if_it_has_changed()
    {
        var stopped = Samples.Events.OfType<RecorderProtocol.Stopped>().Single();
        ProtocolJson.Write<RecorderProtocol.IEvent>(stopped).ShouldNotContain("sourceHasChanged");
        var changed = stopped with { SourceHasChanged = true };

        ProtocolJson.Write<RecorderProtocol.IEvent>(changed).ShouldContain("\"sourceHasChanged\":true");
        ProtocolJson.Read<RecorderProtocol.IEvent>(ProtocolJson.Write<RecorderProtocol.IEvent>(changed)).ShouldBe(changed);
    }

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void Every_command_reads_back_equal(string name)
    {
        var sample = Samples.Commands.Single(message => message.GetType().Name == name);

        ProtocolJson.Read<RecorderProtocol.ICommand>(ProtocolJson.Write(sample)).ShouldBe(sample);
    }

    [Theory]
    [MemberData(nameof(OtherNames))]
    public void Every_other_message_reads_back_equal(string name)
    {
        var sample = Samples.Others.Single(message => message.GetType().Name == name);

        var json = (string)Generic(nameof(ProtocolJson.Write), sample.GetType()).Invoke(null, [sample])!;
        var read = Generic(nameof(ProtocolJson.Read), sample.GetType()).Invoke(null, [json]);

        read.ShouldBe(sample);
    }

    [Fact]
    public void Every_message_of_a_protocol_is_in_the_round_trip()
    {
        var messages = Protocols.SelectMany(protocol => protocol.GetNestedTypes()).Where(type => !type.IsInterface).ToHashSet();
        var samples = Samples.Events.Cast<object>().Concat(Samples.Commands).Concat(Samples.Others).Select(sample => sample.GetType());

        messages.ShouldBe(samples, ignoreOrder: true);
    }

    [Fact]
    public void Every_message_is_a_sealed_record_with_value_equality()
    {
        foreach (var type in Protocols.SelectMany(protocol => protocol.GetNestedTypes()).Where(type => !type.IsInterface))
        {
            type.IsSealed.ShouldBeTrue(type.Name);
            type.GetMethod("<Clone>$").ShouldNotBeNull($"{type.Name} is not a record");
            type.GetProperties().Where(property => property.SetMethod is { } set && !IsInitOnly(set)).ShouldBeEmpty(type.Name);
        }

        // Lists are compared by their elements, not by reference.
        var one = (RecorderProtocol.Started)Samples.Events[0];
        (one with { Tracks = [.. one.Tracks.Select(track => track with { })] }).ShouldBe(one);
        (one with { Tracks = [one.Tracks[0]] }).ShouldNotBe(one);
    }

    [Fact]
    public void Every_enum_has_Unknown_as_its_zero()
    {
        foreach (var type in typeof(RecorderId).Assembly.GetExportedTypes().Where(type => type.IsEnum))
            Enum.GetName(type, Enum.ToObject(type, 0)).ShouldBe("Unknown", type.Name);
    }

    [Fact]
    public void A_start_event_is_written_as_documented()
    {
        var json = ProtocolJson.Write<RecorderProtocol.IEvent>(
            new RecorderProtocol.Started(Samples.Recorder, 1, Samples.At, Samples.Recording, "video/mp4;codecs=avc1.42c01f,mp4a.40.2")
            {
                Tracks = [Samples.Track],
            });

        json.ShouldBe(string.Concat(
            """{"event":"start","recorder":"camera-1","sequence":1,"at":"2026-11-22T15:04:05.1234567Z",""",
            """ "recording":"20261122T150405.123Z-3","mimeType":"video/mp4;codecs=avc1.42c01f,mp4a.40.2","tracks":[""".TrimStart(),
            """{"id":1,"kind":"video","codec":"h264","mimeCodec":"avc1.42c01f","width":1280,"height":720,"frameRate":29.97,""",
            """ "sampleRate":48000,"channels":2,"bitsPerSecond":2000000,"language":"deu","rotation":90}]}""".TrimStart()));
    }

    [Fact]
    public void A_dataavailable_event_is_written_as_documented()
    {
        var json = ProtocolJson.Write<RecorderProtocol.IEvent>(
            new RecorderProtocol.DataAvailable(Samples.Recorder, 2, Samples.At, Samples.Blob, TimeSpan.FromMilliseconds(40)));

        using var document = JsonDocument.Parse(json);
        Names(document.RootElement).ShouldBe(["event", "recorder", "sequence", "at", "blob", "timecode"], ignoreOrder: true);
        document.RootElement.GetProperty("event").GetString().ShouldBe("dataavailable");
        document.RootElement.GetProperty("timecode").GetRawText().ShouldBe("40");
        var blob = document.RootElement.GetProperty("blob");
        Names(blob).ShouldBe(
            [
                "recording", "number", "extent", "path", "offset", "length", "type", "mediaTime", "duration", "capturedAt",
                "startsWithKeyFrame", "crc32c", "epoch",
            ],
            ignoreOrder: true);
        blob.GetProperty("crc32c").GetString().ShouldBe("0a1b2c3d");
        blob.GetProperty("mediaTime").GetRawText().ShouldBe("3336.6667");
        blob.GetProperty("duration").GetRawText().ShouldBe("1000");
        blob.GetProperty("capturedAt").GetString().ShouldBe("2026-11-22T15:04:04.1234567Z");
        json.ShouldContain("kamera süd");
    }

    [Fact]
    public void The_other_events_are_written_as_documented()
    {
        var lines = Samples.Events.Skip(2).Select(ProtocolJson.Write).ToList();
        const string Common = "\"recorder\":\"camera-1\",\"sequence\":";
        const string When = "\"at\":\"2026-11-22T15:04:05.1234567Z\"";

        lines.ShouldBe(
        [
            $$$"""{"event":"pause",{{{Common}}}3,{{{When}}}}""",
            $$$"""{"event":"resume",{{{Common}}}4,{{{When}}}}""",
            $$$"""{"event":"error",{{{Common}}}5,{{{When}}},"error":{"name":"InvalidModificationError","message":"A track was added."}}""",
            $$$"""{"event":"stop",{{{Common}}}6,{{{When}}},"recording":"20261122T150405.123Z-3","reason":"sourceEnded","duration":5000,"bytes":99,"blobs":7}""",
            $$$"""{"event":"gap",{{{Common}}}7,{{{When}}},"recording":"20261122T150405.123Z-3","cause":"sourceLost","mediaTime":2000,"duration":3000,"from":"2026-11-22T15:04:02.1234567Z","to":"2026-11-22T15:04:05.1234567Z","packets":75,"detail":"Connection refused."}""",
            $$$"""{"event":"source",{{{Common}}}8,{{{When}}},"status":"connected","detail":"2 tracks"}""",
            $$$"""{"event":"durable",{{{Common}}}9,{{{When}}},"recording":"20261122T150405.123Z-3","through":7}""",
            $$$"""{"event":"storage",{{{Common}}}10,{{{When}}},"status":"full","detail":"The volume of /data is full."}""",
            $$$"""{"event":"mark",{{{Common}}}11,{{{When}}},"recording":"20261122T150405.123Z-3","mediaTime":3000,"label":"goal"}""",
            $$$"""{"event":"clock",{{{Common}}}12,{{{When}}},"status":"distrusted","detail":"The system clock jumped by two years."}""",
            $$$"""{"event":"latemedia",{{{Common}}}3000001,{{{When}}},"superseded":{"term":2,"node":"n1","start":"00000000000000a1"},"first":2000005,"last":2000009,"node":"n1","from":"2026-11-22T15:03:56.1234567Z","to":"2026-11-22T15:04:01.1234567Z","extents":2,"gaps":1,"marks":3,"tenure":{"term":3,"node":"n2","start":"00000000000000b2"},"before":{"tenure":{"term":2,"node":"n1","start":"00000000000000a1"},"sequence":2000004,"isCertain":true}}""",
        ]);
    }

    [Fact]
    public void Times_are_written_in_UTC_regardless_of_their_offset()
    {
        var local = new DateTimeOffset(2026, 11, 22, 1, 0, 0, TimeSpan.FromHours(2));

        ProtocolJson.Write<RecorderProtocol.IEvent>(new RecorderProtocol.Paused(Samples.Recorder, 1, local))
            .ShouldContain("\"at\":\"2026-11-21T23:00:00Z\"");
    }

    [Fact]
    public void An_unknown_member_is_ignored_and_an_absent_one_keeps_its_default()
    {
        var create = ProtocolJson.Read<RecordersProtocol.Create>(
            """{"recorder":"a","source":"test:","options":{"mimeType":"video/mp4","novelty":1},"target":{"folder":"takes"}}""");

        create.Options.ShouldBe(new RecorderOptions { MimeType = "video/mp4" });
        create.Target.ShouldBe(new RecordingTarget("takes"));
    }

    [Fact]
    public void Absent_texts_and_lists_are_empty_and_never_null()
    {
        const string Head = "\"recorder\":\"a\",\"sequence\":1,\"at\":\"2026-11-22T15:04:05Z\",\"recording\":\"r\"";
        var started = ProtocolJson.Read<RecorderProtocol.IEvent>($$"""{"event":"start",{{Head}},"mimeType":"video/mp4"}""");
        var gap = ProtocolJson.Read<RecorderProtocol.IEvent>($$"""{"event":"gap",{{Head}},"cause":"muted"}""");

        ((RecorderProtocol.Started)started).Tracks.ShouldBeEmpty();
        ((RecorderProtocol.GapRecorded)gap).Detail.ShouldBe("");
        ProtocolJson.Read<IReadOnlyList<TrackDescription>>("""[{"id":0,"kind":"audio","codec":"opus"}]""")[0].MimeCodec.ShouldBe("");
    }

    [Fact]
    public void The_member_event_may_be_at_any_position() =>
        ProtocolJson.Read<RecorderProtocol.IEvent>("""{"recorder":"a","sequence":1,"at":"2026-11-22T15:04:05Z","event":"pause"}""")
            .ShouldBeOfType<RecorderProtocol.Paused>();

    [Theory]
    [InlineData("""{"recorder":"a","sequence":1,"at":"2026-11-22T15:04:05Z"}""")]
    [InlineData("""{"event":"novelty","recorder":"a","sequence":1,"at":"2026-11-22T15:04:05Z"}""")]
    [InlineData("""{"event":"pause","recorder":"../etc","sequence":1,"at":"2026-11-22T15:04:05Z"}""")]
    [InlineData("""{"event":"pause","recorder":"a","sequence":1}""")]
    [InlineData("""{"event":"source","recorder":"a","sequence":1,"at":"2026-11-22T15:04:05Z","status":3,"detail":""}""")]
    [InlineData("""{"event":"source","recorder":"a","sequence":1,"at":"2026-11-22T15:04:05Z","status":"lost","detail":null}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public void An_incomplete_message_is_refused(string json) =>
        Should.Throw<Exception>(() => ProtocolJson.Read<RecorderProtocol.IEvent>(json))
            .ShouldBeAssignableTo<Exception>()
            .ShouldSatisfyAllConditions(e => (e is JsonException or NotSupportedException).ShouldBeTrue(e.ToString()));

    [Fact]
    public void Options_are_written_as_documented() =>
        ProtocolJson.Write(Creation(new RecorderOptions())).ShouldContain(string.Concat(
            "\"options\":{\"mimeType\":\"\",\"audioBitsPerSecond\":null,\"videoBitsPerSecond\":null,\"bitsPerSecond\":null,",
            "\"audioBitrateMode\":\"variable\",\"videoKeyFrameIntervalDuration\":null,\"videoKeyFrameIntervalCount\":null,",
            "\"minimumTimeslice\":100,\"openTimeout\":10000,\"lossTimeout\":null,\"signalLoss\":\"gap\",\"fragmentDuration\":1000,",
            "\"extentDuration\":null,\"extentBytes\":null,\"extentStagger\":false,\"memoryLimit\":33554432,\"durability\":\"interval\",",
            "\"preRoll\":null,\"preRollBytes\":33554432}"));

    [Fact]
    public void Every_option_can_be_given_alone_and_leaves_the_others_at_their_defaults()
    {
        var whole = JsonNode.Parse(ProtocolJson.Write(Creation(Samples.Options)))!.AsObject();
        foreach (var option in typeof(RecorderOptions).GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(option.Name);
            var expected = new RecorderOptions();
            option.GetValue(expected).ShouldNotBe(option.GetValue(Samples.Options), $"{nameof(Samples)} has the default of {name}");
            option.SetValue(expected, option.GetValue(Samples.Options));

            var alone = whole.DeepClone().AsObject();
            alone["options"] = new JsonObject { [name] = whole["options"]![name]?.DeepClone() };
            ProtocolJson.Read<RecordersProtocol.Create>(alone.ToJsonString()).Options.ShouldBe(expected, name);
        }
    }

    private static RecordersProtocol.Create Creation(RecorderOptions options) =>
        new(Samples.Recorder, "test:", options, new RecordingTarget("takes"));

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static MethodInfo Generic(string name, Type type) =>
        typeof(ProtocolJson).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(type);

    private static bool IsInitOnly(MethodInfo set) =>
        set.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit");
}
