using Recorder.Contracts;

namespace Recorder.Actors.Tests.Facade;

/// <summary>Creating a MediaRecorder, and its state before it records. Numbers are the specification's behaviours.</summary>
public sealed class CreateSpecs(FacadeNode node) : IClassFixture<FacadeNode>
{
    [Fact]
    public async Task A_new_recorder_is_inactive_with_an_empty_mimeType_and_default_bitrates_1_4_6()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);

        recorder.State.ShouldBe(RecorderState.Inactive);
        recorder.MimeType.ShouldBe("");
        recorder.VideoBitsPerSecond.ShouldBe(2_500_000);
        recorder.AudioBitsPerSecond.ShouldBe(128_000);
        recorder.AudioBitrateMode.ShouldBe(BitrateMode.Variable);
        recorder.Id.Value.ShouldStartWith("test");
    }

    [Fact]
    public async Task Requested_options_are_echoed_5_7()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds, new RecorderOptions
        {
            MimeType = "video/WebM; codecs=\"vp8, opus\"",
            VideoBitsPerSecond = 300_000,
            AudioBitsPerSecond = 0,
            AudioBitrateMode = BitrateMode.Constant,
        });

        recorder.MimeType.ShouldBe("video/WebM; codecs=\"vp8, opus\"");
        (recorder.VideoBitsPerSecond, recorder.AudioBitsPerSecond).ShouldBe((300_000, 0));
        recorder.AudioBitrateMode.ShouldBe(BitrateMode.Constant);
    }

    [Fact]
    public async Task A_type_that_cannot_be_recorded_is_a_NotSupportedError_2()
    {
        var error = await Should.ThrowAsync<NotSupportedError>(
            node.CreateAsync(FacadeNode.TwoSeconds, new RecorderOptions { MimeType = "video/ogg" }));

        error.Name.ShouldBe(ErrorName.NotSupportedError);
        error.Message.ShouldContain("video/ogg");
    }

    [Theory]
    [InlineData("gopher://camera/stream")]
    [InlineData("rtsp:camera")]
    [InlineData("test:?size=huge")]
    [InlineData("")]
    public async Task A_malformed_source_is_an_ArgumentException_3(string source) =>
        (await Should.ThrowAsync<ArgumentException>(node.CreateAsync(source))).ParamName.ShouldBe("source");

    [Fact]
    public async Task A_malformed_option_is_an_ArgumentException_that_names_it_3()
    {
        foreach (var (options, name) in new (RecorderOptions, string)[]
        {
            (new() { AudioBitrateMode = (BitrateMode)9 }, nameof(RecorderOptions.AudioBitrateMode)),
            (new() { SignalLoss = (SignalLossPolicy)9 }, nameof(RecorderOptions.SignalLoss)),
            (new() { VideoBitsPerSecond = -1 }, nameof(RecorderOptions.VideoBitsPerSecond)),
            (new() { FragmentDuration = TimeSpan.Zero }, nameof(RecorderOptions.FragmentDuration)),
            (new() { ExtentBytes = 0 }, nameof(RecorderOptions.ExtentBytes)),
        })
            (await Should.ThrowAsync<ArgumentException>(node.CreateAsync("test:", options))).Message.ShouldContain(name);
    }

    [Fact]
    public async Task A_malformed_target_is_an_ArgumentException()
    {
        foreach (var target in new RecordingTarget[] { new(null), new(null, "folder/"), new("a\0b") })
            await Should.ThrowAsync<ArgumentException>(MediaRecorder.CreateAsync(node.Runtime, "test:", target: target));
    }

    [Fact]
    public async Task The_stream_is_shown_without_its_credentials()
    {
        await using var recorder = await node.CreateAsync("rtsp://admin:secret@camera.invalid/stream");

        recorder.Stream.ShouldBe("rtsp://***@camera.invalid/stream");
        recorder.Id.Value.ShouldBe("camera.invalid-stream");
    }

    [Fact]
    public async Task A_name_is_unique_and_a_name_derived_from_the_source_is_numbered()
    {
        await using var first = await node.CreateAsync("/clips/party.mp4");
        await using var second = await node.CreateAsync("/clips/party.mp4");
        (first.Id.Value, second.Id.Value).ShouldBe(("party", "party-2"));

        await using var named = await MediaRecorder.CreateAsync(node.Runtime, "test:", name: "front-door");
        named.Id.Value.ShouldBe("front-door");
        await Should.ThrowAsync<InvalidStateError>(MediaRecorder.CreateAsync(node.Runtime, "test:", name: "front-door"));
        await Should.ThrowAsync<ArgumentException>(MediaRecorder.CreateAsync(node.Runtime, "test:", name: "../door"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("video/mp4;codecs=avc1,mp4a.40.2", true)]
    [InlineData("video/ogg", false)]
    public void IsTypeSupported_answers_without_a_recorder_10_11(string type, bool supported) =>
        MediaRecorder.IsTypeSupported(type).ShouldBe(supported);

    [Theory]
    [InlineData(ErrorName.InvalidStateError, typeof(InvalidStateError))]
    [InlineData(ErrorName.NotSupportedError, typeof(NotSupportedError))]
    [InlineData(ErrorName.SecurityError, typeof(SecurityError))]
    [InlineData(ErrorName.InvalidModificationError, typeof(InvalidModificationError))]
    [InlineData(ErrorName.UnknownError, typeof(UnknownError))]
    public void Every_error_of_the_contract_has_its_exception(ErrorName name, Type type)
    {
        var exception = MediaRecorderException.For(new MediaError(name, "A sentence."));

        exception.ShouldBeOfType(type);
        (exception.Name, exception.Message, type.Name).ShouldBe((name, "A sentence.", name.ToString()));
    }
}
