namespace Recorder.Contracts.Tests;

public sealed class IdSpecs
{
    [Theory]
    [InlineData("test")]
    [InlineData("camera-1.front_door")]
    [InlineData("_")]
    [InlineData("-")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_of_letters_digits_dots_dashes_and_underscores_is_a_recorder_id(string text)
    {
        RecorderId.TryParse(text, out var id).ShouldBeTrue();
        id.Value.ShouldBe(text);
        id.ToString().ShouldBe(text);
        RecorderId.Parse(text).ShouldBe(id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("kamera-süd")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void A_name_that_is_not_a_safe_folder_name_is_not_a_recorder_id(string? text)
    {
        RecorderId.TryParse(text, out _).ShouldBeFalse();
        RecordingId.TryParse(text, out _).ShouldBeFalse();
    }

    [Fact]
    public void Parsing_a_bad_recorder_id_says_which_ids_are_valid() =>
        Should.Throw<FormatException>(() => RecorderId.Parse("a/b"))
            .Message.ShouldBe("'a/b' is not a valid recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.");

    [Fact]
    public void A_recording_is_named_by_its_start_in_UTC_and_a_counter()
    {
        var id = RecordingId.Create(new DateTimeOffset(2026, 11, 22, 16, 4, 5, 123, TimeSpan.FromHours(1)), 7);

        id.Value.ShouldBe("20261122T150405.123Z-7");
        RecordingId.TryParse(id.Value, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(id);
    }

    [Fact]
    public void Recording_ids_sort_by_age()
    {
        var start = new DateTimeOffset(2026, 9, 30, 23, 59, 59, 999, TimeSpan.Zero);
        string[] inOrder =
        [
            RecordingId.Create(start, 1).Value,
            RecordingId.Create(start, 2).Value,
            RecordingId.Create(start.AddMilliseconds(1), 1).Value,
            RecordingId.Create(start.AddDays(400), 1).Value,
        ];

        inOrder.Order(StringComparer.Ordinal).ShouldBe(inOrder);
    }

    [Fact]
    public void Ids_are_equal_by_value()
    {
        RecorderId.Parse("a").ShouldBe(RecorderId.Parse("a"));
        RecorderId.Parse("a").ShouldNotBe(RecorderId.Parse("A"));
    }
}
