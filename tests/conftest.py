"""What every test starts from: the project's fonts and no others, no time limit; and which tests take long, and why."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Before anything imports WeasyPrint: fontconfig reads it once.
FONTS = Path(__file__).resolve().parents[1] / "fonts"
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
os.environ["FC_LANG"] = "en"
# Where plates of the examples are kept: nothing of the tests lies in anybody's home.
os.environ["XDG_CACHE_HOME"] = str(FONTS.parent / "build" / "cache")
# What all processes of a session compile once: the one that starts the others makes the folder, and takes it away.
if "TRIAL_PLATES" not in os.environ:
    os.environ["TRIAL_PLATES"] = tempfile.mkdtemp(prefix="trial-plates-")
    atexit.register(shutil.rmtree, os.environ["TRIAL_PLATES"], ignore_errors=True)
# Who draws asks for room for pictures again and again: it is kept, and not given back to the system each time. That was
# half of what the system did for tests that draw.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(32 << 20))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(256 << 20))
# What makes a pipe a terminal for those who draw progress: no test depends on how its shell was started.
for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
    os.environ.pop(name, None)
# A busy machine is no fault: no property has a time limit. A third of the usual examples: every run tries others.
settings.register_profile("patient", deadline=None, max_examples=33)
settings.load_profile("patient")

SLOW = {
    "test_job_approvals.py": "runs jobs that wait, and others",
    "test_batches.py::test_memory_does_not_grow_with_the_members": "gathers many members",
    "test_bench.py": "measures whole programs",
    "test_cli_proofs.py": "draws whole sheets by the command line, a process each",
    "test_cli_goldens.py": "draws a sheet by the command line, a process each",
    "test_compare.py": "draws and compares whole sheets",
    "test_compiling.py": "lays out every variant of both documents",
    "test_declared.py": "lays layouts out and draws them, several times each",
    "test_delivery.py": "delivers both documents",
    "test_docs_site.py": "reads every docstring of the program",
    "test_draw.py": "delivers both documents",
    "test_embedding.py": "makes subsets of large fonts, and reads them back",
    "test_exact_names.py": "prints thousands of characters",
    "test_examples.py": "prints the examples",
    "test_exports.py": "writes and checks sixteen member files",
    "test_fixtures.py": "makes the fixtures anew",
    "test_geometry.py": "compiles and draws every variant of both documents",
    "test_goldens_of_sheets.py": "draws every golden",
    "test_layouts.py": "lays both documents out, changed here and there",
    "test_library.py": "prints and verifies a job",
    "test_limits.py": "waits for clocks to ring",
    "test_lint.py": "lays layouts out and draws them, several times each",
    "test_many.py": "starts a scheduler and its workers, and runs jobs",
    "test_map.py::test_a_plain_export_is_checked_by_its_draft_without_a_persons_help": "tries whole jobs",
    "test_marks.py::test_every_fit_family_alignment_and_spacing_is_drawn_as_weasyprint_draws_it": "draws hundreds",
    "test_one_process.py": "prints whole jobs, one after the other and at once",
    "test_packs.py": "prints, lints and approves a pack",
    "test_pytest_plugin.py": "draws the sheets of a pack by pytest, a process each",
    "test_profile.py::test_a_file_with_exchanged_columns_is_told_beside_the_last_delivery": "prints a job",
    "test_proofing.py": "prints jobs and their proofs",
    "test_press.py": "draws every variant by press and WeasyPrint",
    "test_releases.py::test_a_doubt_is_printed_when_it_is_released_for_these_values_and_this_issue_only": "runs jobs",
    "test_review_codes.py": "draws pages and reads their codes",
    "test_review_silent.py": "writes the files of four programs in many ways",
    "test_run.py": "runs whole jobs, a process each, and stops them",
    "test_setup.py::test_the_quick_tests_are_all_but_those_that_are_named_as_slow_with_a_reason": "collects all tests",
    "test_scans.py": "draws, scans and compares whole pages",
    "test_select.py": "runs jobs, one after the other",
    "test_service.py": "runs a service, and whole jobs by it",
    "test_service_client.py": "runs a service, and jobs by it",
    "test_service_database.py": "runs services and a database, and ends both",
    "test_service_drawers.py": "starts processes that draw, and services, and kills them",
    "test_service_faults.py": "runs services, and takes from them what they need",
    "test_service_sources.py": "runs a service and a store, and whole jobs",
    "test_service_studio.py": "runs services and studios, and works in one in a browser",
    "test_source.py": "prints both documents by every way to mail, and with many faults",
    "test_source_map.py::test_a_map_that_was_applied_wrongly_is_told_by_line_and_own_columns": "prints many faults",
    "test_trials.py": "installs the wheel, and prints by copies of it with faults, and kills runs",
    "test_comparison_report.py": "draws and compares sheets",
    "test_studio_moves.py": "lays layouts out, before and after they are changed",
    "test_studio_moving.py": "starts a studio, and moves boxes in it",
    "test_studio_page.py": "asks a browser, again and again",
    "test_studio_background.py": "starts processes, which die",
    "test_studio_days.py": "works in studios for a day, each",
    "test_studio_goldens.py": "draws sheets, and their pictures",
    "test_studio_review.py": "starts studios, and works in them as QA does",
    "test_studio_server.py": "starts studios, and asks them as a browser does",
    "test_studio_session.py": "lays a layout out for each save",
    "test_studio_workers.py": "starts processes, and kills them",
    "test_studio_sheet.py": "works in a browser at layouts that are compiled again and again",
    "test_viewer.py": "asks a browser, again and again",
    "test_wall.py": "draws whole sheets, and looks at them in a browser",
    "test_wheel.py": "builds and installs the wheel, and prints by it",
    "test_wrong_runs.py": "runs jobs",
}
"""What ``make quick`` leaves out: files, or tests in files that are quick otherwise, and what takes long there."""


CAMPAIGNS: dict[str, set[str]] = {
    "test_docs_site.py": set(),
    "test_studio_moving.py": set(),
    "test_run.py": {
        "test_a_household_shares_one_envelope_the_insured_first_each_sheet_numbered",
        "test_a_member_by_way_of_the_home_does_not_show_the_workplace",
        "test_a_member_file_that_changes_while_it_is_printed_is_printed_by_no_run",
        "test_a_print_file_that_is_not_what_weasyprint_draws_is_not_delivered",
        "test_a_remark_of_a_blank_alone_stops_no_run",
        "test_a_run_killed_at_any_point_is_started_again_and_ends_with_the_same_bytes",
        "test_a_run_that_was_stopped_goes_on_and_prints_nothing_again",
        "test_a_second_run_replaces_the_first_when_it_is_told_to_and_keeps_it_aside",
        "test_a_worker_killed_while_it_prints_is_noticed_and_its_batch_is_done_again",
        "test_another_folder_time_zone_hash_seed_and_number_of_workers_give_the_same_bytes",
        "test_each_certificate_says_the_end_that_comes_first_and_one_at_75_is_held",
        "test_each_hard_member_ends_as_its_catalogue_says",
        "test_every_bad_file_ends_with_its_exit_code_and_a_sentence",
        "test_every_row_is_printed_once_or_held_and_never_both",
        "test_no_full_number_is_found_in_any_output_or_message",
        "test_no_full_number_is_found_while_a_run_works_nor_in_what_it_leaves_when_it_fails",
        "test_one_sheet_of_every_plate_in_use_is_compared",
        "test_what_was_damaged_while_the_run_stood_still_is_printed_again",
        "test_whoever_ends_a_run_gets_one_sentence_and_leaves_no_store_and_the_same_command_goes_on",
    },
    "test_select.py": {
        "test_a_household_has_those_who_are_asked_for_in_its_envelope",
        "test_a_run_that_is_killed_and_started_again_selects_the_same",
        "test_changed_and_new_alone_and_together",
        "test_lists_say_who_gets_one_who_does_not_and_why_and_who_is_not_in_the_file",
        "test_nobody_reads_a_person_from_what_is_remembered",
        "test_only_what_has_changed_or_is_new_since_the_last_paper_of_each_is_printed",
        "test_rows_of_other_values_and_days_get_no_paper_and_all_adds_up",
        "test_two_people_of_one_my_number_are_held_though_one_gets_no_paper",
        "test_whoever_was_held_is_still_to_get_a_paper",
        "test_without_its_key_no_run_begins",
    },
    "test_service.py": {
        "test_a_job_is_printed_as_the_command_prints_it",
        "test_a_job_is_watched_to_its_end_and_why_a_record_is_held_is_told_without_it",
        "test_a_service_that_is_killed_loses_nothing_and_prints_nothing_twice",
        "test_no_full_number_rests_anywhere_and_nobody_stands_in_the_log",
        "test_roles_may_what_they_may",
        "test_whoever_has_no_token_is_told_nothing_but_that_the_service_is_there",
    },
    "test_pytest_plugin.py": {
        "test_a_change_is_red_with_a_report_then_approved_by_name_then_green",
        "test_several_processes_do_not_approve",
        "test_tests_that_ask_for_no_golden_load_nothing_that_draws",
    },
    "test_many.py": {
        "test_the_same_bytes_are_delivered_whoever_is_lost_and_nobody_is_left_where_they_were_made",
        "test_a_scheduler_that_does_not_answer_is_said",
        "test_addresses_that_lead_nowhere_are_refused",
    },
    "test_service_client.py": {
        "test_a_client_has_a_sheet_and_the_reasons_where_there_is_none",
    },
    "test_service_faults.py": {
        "test_who_asks_again_and_again_by_one_connection_is_answered",
        "test_an_answer_does_not_wait_for_its_second_packet",
        "test_a_job_is_cancelled_whether_it_waits_or_was_taken_and_has_no_process_yet",
        "test_what_was_to_be_cancelled_when_the_service_was_killed_is_cancelled",
        "test_a_start_takes_away_what_nobody_needs_and_leaves_what_another_database_may_have",
        "test_a_job_waits_where_no_process_can_be_begun_for_now",
        "test_a_service_of_which_a_part_has_ended_is_not_ready",
        "test_folders_that_a_copy_made_wide_open_are_closed",
        "test_the_description_is_made_once",
        "test_a_run_that_cannot_be_begun_has_failed_and_says_so",
        "test_what_a_kill_left_of_a_request_is_not_in_the_way_of_its_repetition",
    },
    "test_service_database.py": {
        "test_the_migrations_make_the_tables_that_the_program_means",
        "test_a_key_and_a_name_are_given_once_however_many_ask_at_once",
        "test_jobs_are_taken_in_their_order_and_those_that_nobody_prints_once_more",
        "test_a_database_that_cannot_be_used_is_told_without_its_password",
    },
    "test_studio_days.py": {
        "test_why_a_value_is_condensed_is_found_by_the_keyboard_down_to_the_line_of_its_rule",
    },
    "test_studio_review.py": {
        "test_the_wall_shows_every_variant_with_the_members_and_a_click_shows_that_sheet",
    },
    "test_studio_session.py": {
        "test_a_folder_that_goes_is_told_and_is_shown_again_when_it_comes",
        "test_a_save_is_shown_with_its_boxes_and_only_the_pages_that_changed",
        "test_all_that_is_wrong_is_told_at_once_and_the_last_good_sheet_stands",
        "test_another_member_is_shown_on_the_same_variant",
        "test_what_can_wait_is_done_after_a_wish_for_nobody",
        "test_who_cannot_be_printed_is_held_with_the_numbers_and_shown_without_that_value",
    },
    "test_studio_sheet.py": {
        "test_a_save_shows_the_new_sheet_and_moves_no_view",
        "test_an_error_stands_over_the_last_good_sheet_and_nothing_is_written_until_it_is_mended",
        "test_the_page_has_no_grave_barriers",
        "test_nothing_of_a_person_is_kept",
    },
}
"""Files of tests that ``make trials`` runs whole, and the sample of each that ``make test`` runs, too, if any."""
TRIALS_ALONE = {
    "test_bench.py::test_press_and_plain_weasyprint_print_the_same_finished_sheets",
    "test_cli_goldens.py::test_a_golden_is_missing_then_approved_then_the_same_then_changed",
    "test_cli_goldens.py::test_a_person_is_told_where_the_report_lies_and_may_say_no",
    "test_cli_goldens.py::test_a_person_sees_what_changes_and_is_asked_for_a_name_and_a_reason",
    "test_cli_goldens.py::test_a_sheet_is_rejected_with_a_reason_that_the_check_tells",
    "test_cli_goldens.py::test_what_was_judged_in_the_report_is_taken",
    "test_compiling.py::test_nothing_of_the_probes_is_left_in_the_fixed_part",
    "test_deliveries_compared.py::test_regions_of_the_layout_are_named_on_every_sheet_and_can_be_passed_over",
    "test_examples.py::test_a_part_that_is_changed_in_a_copy_shows_on_its_sheet",
    "test_examples.py::test_without_goldens_where_one_stands_that_is_said",
    "test_exports.py::test_the_command_writes_a_folder_for_each_with_its_map_its_meaning_and_its_jobs",
    "test_exports.py::test_twenty_exports_are_written_of_which_three_times_four_are_sealed",
    "test_fixtures.py::test_another_seed_makes_other_people",
    "test_ground.py::test_a_text_that_cannot_be_read_on_it_is_named_with_the_contrast",
    "test_job_approvals.py::test_a_run_waits_for_an_approval_and_says_what_to_do",
    "test_layouts.py::test_a_job_prints_its_document_in_large_print",
    "test_map.py::test_a_file_of_fixed_lengths_gets_a_skeleton_with_what_can_be_seen",
    "test_map.py::test_a_plain_export_is_checked_by_its_draft_without_a_persons_help",
    "test_one_process.py::test_jobs_run_at_once_deliver_what_they_deliver_alone",
    "test_one_process.py::test_jobs_run_one_after_the_other_deliver_what_they_deliver_alone",
    "test_one_process.py::test_one_after_the_other_each_is_printed_as_alone",
    "test_one_process.py::test_the_sheets_of_these_insurers_are_different",
    "test_own_fonts.py::test_a_job_of_a_pack_is_printed_in_its_own_font",
    "test_packs.py::test_a_document_of_a_pack_is_printed_from_the_columns_it_adds",
    "test_packs.py::test_a_job_may_name_a_copy_of_a_layout_by_its_folder",
    "test_packs.py::test_a_layout_of_the_pack_has_no_fault",
    "test_packs.py::test_what_a_layout_of_the_pack_declares_is_measured",
    "test_packs.py::test_what_a_pack_adds_is_proved_through_a_column_map",
    "test_packs.py::test_what_a_pack_does_not_state_again_is_asked_of_it_again",
    "test_postal.py::test_no_town_of_japan_is_read_as_a_house_number",
    "test_profile.py::test_a_file_with_exchanged_columns_is_told_beside_the_last_delivery",
    "test_proofing.py::test_on_the_command_line_a_certificate_is_proofed_on_both_sides_and_says_how_to_approve",
    "test_scans.py::test_a_dakuten_that_the_press_lost_is_less_ink",
    "test_scans.py::test_a_finer_scan_and_one_that_does_not_say_how_fine_it_is_are_taken",
    "test_scans.py::test_a_tint_and_a_rule_that_are_gone_are_told",
    "test_scans.py::test_without_opencv_only_scans_are_refused_and_it_is_said_what_to_install",
    "test_service_drawers.py::test_a_page_that_a_sheet_has_not_is_said",
    "test_service_drawers.py::test_a_process_that_died_while_it_had_nothing_to_do_is_missed_by_nobody",
    "test_service_drawers.py::test_no_number_of_reprints_keeps_others_from_being_answered",
    "test_service_drawers.py::test_who_waited_too_long_is_not_drawn_and_what_takes_too_long_is_in_nobody_s_way",
    "test_service_sources.py::test_a_place_that_is_none_is_refused_at_the_start",
    "test_service_studio.py::test_a_draft_has_a_layout_of_its_own_and_the_library_stays",
    "test_service_studio.py::test_a_service_that_ends_takes_its_studios_with_it",
    "test_setup.py::test_pip_is_silent_about_places_that_lack_a_package_and_not_about_errors",
    "test_studio_goldens.py::test_a_case_that_cannot_be_drawn_is_said_and_the_others_are_drawn",
    "test_studio_goldens.py::test_a_report_grows_with_each_case",
    "test_studio_goldens.py::test_approved_sheets_are_written_and_gone_from_the_report",
    "test_studio_goldens.py::test_nothing_is_written_under_ci",
    "test_studio_goldens.py::test_what_is_drawn_as_before_keeps_its_pictures_and_others_go",
    "test_studio_goldens.py::test_what_moved_is_told_and_drawn_and_nothing_differs_outside",
    "test_studio_goldens.py::test_what_was_rejected_stays_and_says_by_whom",
    "test_studio_goldens.py::test_where_two_must_sign_the_second_is_asked_and_is_another_person",
    "test_studio_moves.py::test_a_move_and_its_opposite_are_nothing_and_pieces_are_the_whole",
    "test_studio_moves.py::test_a_region_without_an_element_stays_where_one_of_its_slots_does",
    "test_studio_moves.py::test_any_nudge_of_any_box_of_our_layouts_changes_numbers_alone",
    "test_studio_moves.py::test_nothing_is_written_while_another_layout_that_shares_the_file_cannot_be_read",
    "test_studio_moves.py::test_what_layouts_share_moves_in_all_of_them",
    "test_studio_server.py::test_two_studios_name_the_same_sheet_otherwise",
    "test_tables.py::test_memory_does_not_grow_with_a_file_of_fixed_lengths",
    "test_trials.py::test_what_is_said_to_have_no_part_in_plates_has_none",
    "test_wall.py::test_on_the_command_line_a_wall_of_a_pack_is_written",
    "test_wall.py::test_regions_are_those_of_the_sheet_at_hand",
    "test_wheel.py::test_a_pack_outside_the_repository_prints_its_own_document_and_checks_its_own_goldens",
    "test_wheel.py::test_it_draws_copies_and_looks_at_layouts",
    "test_wheel.py::test_it_lays_down_a_job_and_prints_it",
    "test_workspace.py::test_a_bucket_is_waited_for_as_long_as_a_large_file_may_take",
}
"""Of other files, what ``make trials`` alone runs."""
SAMPLED = {
    "test_carried.py::test_what_is_no_place_of_a_run_is_not_emptied": 3,
    "test_cli_goldens.py::test_without_a_terminal_nothing_is_approved_that_is_not_said": 3,
    "test_compiling.py::test_a_place_is_where_weasyprint_sets_the_first_character": 2,
    "test_examples.py::test_a_copied_layout_stands_alone_and_draws_the_same_sheet": 2,
    "test_examples.py::test_a_job_laid_down_prints_as_it_stands": 2,
    "test_exports.py::test_an_export_is_printed_as_the_standard_file_that_it_means": 40,
    "test_exports.py::test_an_export_is_the_same_bytes_every_time": 20,
    "test_fixed_words.py::test_every_plate_of_both_documents_says_what_the_files_say": 2,
    "test_foreign_pdfs.py::test_a_change_in_a_pdf_of_libreoffice_is_found_and_nothing_else": 5,
    "test_geometry.py::test_a_long_name_of_the_insurer_keeps_clear_of_seal_frame_and_cut_line": 5,
    "test_geometry.py::test_a_printer_of_300_dpi_makes_all_rules_between_rows_two_dots_thick": 2,
    "test_geometry.py::test_no_text_leaves_its_box_by_more_than_a_hundredth_of_a_millimetre": 4,
    "test_job_approvals.py::test_an_approval_that_no_longer_matches_is_said_with_what_changed": 6,
    "test_layouts.py::test_what_a_layout_declares_tells_a_box_that_was_moved": 6,
    "test_lint.py::test_a_place_that_is_said_to_keep_its_size_keeps_it_with_any_value": 3,
    "test_lint.py::test_the_layouts_of_the_project_have_no_fault": 5,
    "test_map.py::test_a_plain_export_is_checked_by_its_draft_without_a_persons_help": 2,
    "test_map.py::test_no_column_of_an_export_is_wrong_in_silence": 12,
    "test_mapfile.py::test_a_map_that_takes_long_is_refused_in_seconds": 2,
    "test_mapping.py::test_an_export_is_the_members_that_it_means": 20,
    "test_marks.py::test_every_fit_family_alignment_and_spacing_is_drawn_as_weasyprint_draws_it": 4,
    "test_packs.py::test_what_a_pack_adds_is_proved_from_the_member_file": 3,
    "test_press.py::test_each_font_and_each_plate_is_written_once_in_a_file": 2,
    "test_press.py::test_every_variant_is_printed_without_a_differing_pixel": 2,
    "test_press.py::test_marks_and_corners_are_printed_without_a_differing_pixel": 2,
    "test_press.py::test_no_reader_finds_anything_wrong_with_a_print_file": 2,
    "test_review_silent.py::test_nothing_is_told_of_a_file_that_is_only_written_otherwise": 2,
    "test_run.py::test_a_member_file_that_changes_while_it_is_printed_is_printed_by_no_run": 2,
    "test_run.py::test_each_hard_member_ends_as_its_catalogue_says": 2,
    "test_run.py::test_every_row_is_printed_once_or_held_and_never_both": 4,
    "test_run.py::test_no_full_number_is_found_while_a_run_works_nor_in_what_it_leaves_when_it_fails": 2,
    "test_run.py::test_one_sheet_of_every_plate_in_use_is_compared": 2,
    "test_run.py::test_what_was_damaged_while_the_run_stood_still_is_printed_again": 6,
    "test_run.py::test_whoever_ends_a_run_gets_one_sentence_and_leaves_no_store_and_the_same_command_goes_on": 6,
    "test_scans.py::test_a_line_that_lies_elsewhere_is_told_with_its_text": 3,
    "test_scans.py::test_how_a_scan_lies_is_found_to_a_hundredth_of_a_degree": 4,
    "test_scans.py::test_one_dakuten_more_in_small_type_is_told": 3,
    "test_scans.py::test_the_print_of_a_pdf_is_the_same_however_it_lay_on_the_glass": 6,
    "test_select.py::test_a_run_that_is_killed_and_started_again_selects_the_same": 3,
    "test_select.py::test_changed_and_new_alone_and_together": 3,
    "test_select.py::test_without_its_key_no_run_begins": 2,
    "test_source.py::test_every_page_of_every_way_to_mail_says_it_too": 6,
    "test_source.py::test_every_page_of_the_examples_says_what_the_second_reader_reads": 2,
    "test_studio_background.py::test_what_can_wait_is_begun_anew_where_its_process_dies_but_not_for_ever": 3,
    "test_studio_moves.py::test_what_moves_is_what_was_said_and_nothing_else": 6,
    "test_studio_server.py::test_it_ends_when_it_is_told_to_and_says_nothing": 2,
    "test_studio_server.py::test_what_is_no_message_ends_the_connection_and_nothing_else": 3,
    "test_trials.py::test_a_fault_in_the_program_is_objected_to_by_whom_the_table_names": 4,
}
"""Of tests with many cases: ``make test`` runs the first of each so many, ``make trials`` the others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and let the files with such tests begin first: the quick ones fill what time is left."""
    slow_files = {name.partition("::")[0] for name in SLOW}
    items.sort(key=lambda item: item.path.name not in slow_files)
    cases = Counter[str]()
    for item in items:
        function = f"{item.path.name}::{getattr(item, 'originalname', item.name)}"
        if item.path.name in SLOW or function in SLOW:
            item.add_marker(pytest.mark.slow)
        left_out = item.path.name in CAMPAIGNS and function.partition("::")[2] not in CAMPAIGNS[item.path.name]
        left_out |= function in SAMPLED and cases[function] % SAMPLED[function] != 0
        cases[function] += 1
        if left_out or function in TRIALS_ALONE:
            item.add_marker(pytest.mark.campaign)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Let one more test run than there are processors: many wait for processes that they started, or for a browser."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for the tests of a file."""
    from studio_hands import chromium  # by who asks for a browser: it takes a while

    with chromium() as browser:
        yield browser
