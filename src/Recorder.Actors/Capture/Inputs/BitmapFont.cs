namespace Recorder.Actors.Capture;

internal static class BitmapFont
{
    public const int Columns = 5;
    public const int Rows = 7;
    public const int Advance = 6;

    // One string for each glyph, with one base-32 digit for each row, whose highest bit is the leftmost dot.
    private static readonly string[] Digits =
    [
        "EHJLPHE", "4C4444E", "EH1248V", "V2421HE", "26AIV22", "VGU11HE", "68GUHHE", "V124888", "EHHEHHE", "EHHF12C",
    ];

    public static bool IsSet(char glyph, int column, int row)
    {
        var rows = glyph switch
        {
            >= '0' and <= '9' => Digits[glyph - '0'],
            ':' => "0CC0CC0",
            '.' => "00000CC",
            _ => "0000000",
        };
        var code = rows[row];
        var dots = code <= '9' ? code - '0' : code - 'A' + 10;
        return (dots >> (Columns - 1 - column) & 1) != 0;
    }
}
